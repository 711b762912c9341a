using System.Buffers;
using Streamline.Storage;

namespace Streamline.Query.Functions;

/// <summary>Writes what a label becomes; false leaves the labels as they are.</summary>
internal delegate bool LabelText(Labels labels, IBufferWriter<byte> text);
