using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>Pages of lists, lines of watches and refusals, from JSON to objects.</summary>
internal static class ApiReader
{
    /// <summary>A page of a list: appends its objects and gives its metadata, in which the version and the next page stand.</summary>
    /// <exception cref="JsonException">It is not what it should be.</exception>
    public static ObjectMeta ReadPage(ReadOnlySpan<byte> json, JsonTypeInfo type, List<KubernetesObject> into)
    {
        var reader = new Utf8JsonReader(json);
        ObjectMeta? meta = null;
        Enter(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMeta = reader.ValueTextEquals("metadata"u8), isItems = reader.ValueTextEquals("items"u8);
            reader.Read();
            if (isMeta) meta = JsonSerializer.Deserialize(ref reader, KubernetesJson.Default.ObjectMeta);
            else if (isItems && reader.TokenType == JsonTokenType.StartArray) ReadItems(ref reader, type, into);
            else reader.Skip();
        }
        return meta is { ResourceVersion.Length: > 0 } ? meta : throw new JsonException("the list has no resourceVersion");
    }

    /// <summary>A line of a watch; null for an event of a type that nobody knows yet.</summary>
    /// <exception cref="ApiException">The server ended the watch.</exception>
    /// <exception cref="JsonException">It is not what it should be.</exception>
    public static WatchEvent? ReadEvent(in ReadOnlySequence<byte> line, JsonTypeInfo type)
    {
        var reader = new Utf8JsonReader(line);
        string what = "";
        Utf8JsonReader body = default;
        Enter(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isType = reader.ValueTextEquals("type"u8), isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType) what = reader.GetString() ?? "";
            if (isObject) body = reader;
            reader.Skip();
        }
        if (body.TokenType != JsonTokenType.StartObject) throw new JsonException("the event has no object");
        return what switch
        {
            "ADDED" or "MODIFIED" => new WatchEvent(WatchEventType.Put, ReadObject(ref body, type)),
            "DELETED" => new WatchEvent(WatchEventType.Deleted, ReadObject(ref body, type)),
            "BOOKMARK" => new WatchEvent(WatchEventType.Bookmark, JsonSerializer.Deserialize(ref body, KubernetesJson.Default.KubernetesObject)!),
            "ERROR" => throw Refusal(JsonSerializer.Deserialize(ref body, KubernetesJson.Default.ApiStatus)!),
            _ => null,
        };
    }

    /// <summary>What a refusal says; null when it is none of the API server's.</summary>
    public static ApiStatus? TryReadStatus(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, KubernetesJson.Default.ApiStatus);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ApiException Refusal(ApiStatus status) => new(status.Code, $"the watch was ended by the server: {status.Reason} {status.Message} (code {status.Code})");

    private static void Enter(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("an object was expected");
    }

    private static void ReadItems(ref Utf8JsonReader reader, JsonTypeInfo type, List<KubernetesObject> into)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) into.Add(ReadObject(ref reader, type));
    }

    private static KubernetesObject ReadObject(ref Utf8JsonReader reader, JsonTypeInfo type) =>
        JsonSerializer.Deserialize(ref reader, type) is KubernetesObject { Metadata.Name.Length: > 0 } read ? read : throw new JsonException("an object without a name");
}
