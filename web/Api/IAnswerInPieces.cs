using System.Text.Json;

namespace Streamline.Web.Api;

/// <summary>
/// The <c>data</c> of an answer that may be large. It is written and sent in turns by one loop: a chain of asynchronous methods down to the points cost as many state
/// machines at each piece, and a client that reads slowly holds the writer up, not the answer in memory.
/// </summary>
internal interface IAnswerInPieces
{
    /// <summary>Writes about a piece; false when everything is written.</summary>
    bool WriteSome(Utf8JsonWriter json);
}
