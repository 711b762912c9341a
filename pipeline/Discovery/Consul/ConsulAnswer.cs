using System.Text.Json;

namespace Streamline.Pipeline.Discovery.Consul;

/// <summary>An answer of Consul and the index to wait for a change of it with.</summary>
internal sealed record ConsulAnswer(JsonDocument Body, ulong Index) : IDisposable
{
    public void Dispose() => Body.Dispose();
}
