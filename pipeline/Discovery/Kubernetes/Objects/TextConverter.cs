using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Texts of objects, each kept once while it is common: the pods of a cluster say the same names and images thousands of times.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TextPool.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
