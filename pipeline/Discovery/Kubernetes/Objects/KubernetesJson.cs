using System.Text.Json.Serialization;

namespace Streamline.Pipeline.Discovery.Kubernetes;

/// <summary>How objects are read: fields that no property has are skipped.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Metadata, Converters = [typeof(TextConverter), typeof(TextMapConverter)])]
[JsonSerializable(typeof(KubernetesObject))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(Service))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(Endpoints))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(Ingress))]
[JsonSerializable(typeof(ObjectMeta))]
[JsonSerializable(typeof(ApiStatus))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
