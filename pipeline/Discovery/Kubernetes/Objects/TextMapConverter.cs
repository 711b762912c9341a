using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Labels and annotations, as an array: a dictionary of each object would hold as much again in buckets.</summary>
internal sealed class TextMapConverter : JsonConverter<NamedText[]>
{
    public override NamedText[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a map of texts was expected");
        var entries = new List<NamedText>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = TextPool.Read(ref reader);
            reader.Read();
            entries.Add(new NamedText(name, TextPool.Read(ref reader)));
        }
        return [.. entries];
    }

    public override void Write(Utf8JsonWriter writer, NamedText[] value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, text) in value) writer.WriteString(name, text);
        writer.WriteEndObject();
    }
}
