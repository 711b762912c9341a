using System.Text;

namespace Streamline.Pipeline.Ingest.Otlp;

/// <summary>Decodes an ExportMetricsServiceRequest from protobuf (opentelemetry-proto, metrics/v1). Fields it does not know are passed over.</summary>
internal sealed partial class OtlpProtobuf
{
    private readonly OtlpBudget _budget = new();

    /// <exception cref="IngestFormatException">The message is broken.</exception>
    public static List<OtlpResource> Read(ReadOnlySpan<byte> request)
    {
        var decoder = new OtlpProtobuf();
        var resources = new List<OtlpResource>();
        var reader = new ProtobufReader(request);
        while (reader.MoveNext())
        {
            if (reader.Field == 1 && reader.WireType == 2) resources.Add(decoder.Resource(reader.ReadBytes()));
            else reader.Skip();
        }
        return resources;
    }

    private OtlpResource Resource(ReadOnlySpan<byte> message)
    {
        _budget.Take();
        var resource = new OtlpResource();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): Attributes(reader.ReadBytes(), 1, resource.Attributes); break;
                case (2, 2): resource.Scopes.Add(Scope(reader.ReadBytes())); break;
                default: reader.Skip(); break;
            }
        }
        return resource;
    }

    private OtlpScope Scope(ReadOnlySpan<byte> message)
    {
        _budget.Take();
        var scope = new OtlpScope();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): ScopeNames(reader.ReadBytes(), scope); break;
                case (2, 2): scope.Metrics.Add(Metric(reader.ReadBytes())); break;
                case (3, 2): scope.SchemaUrl = Text(reader.ReadBytes()); break;
                default: reader.Skip(); break;
            }
        }
        return scope;
    }

    private void ScopeNames(ReadOnlySpan<byte> message, OtlpScope scope)
    {
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): scope.Name = Text(reader.ReadBytes()); break;
                case (2, 2): scope.Version = Text(reader.ReadBytes()); break;
                case (3, 2): scope.Attributes.Add(Attribute(reader.ReadBytes())); break;
                default: reader.Skip(); break;
            }
        }
    }

    private OtlpMetric Metric(ReadOnlySpan<byte> message)
    {
        _budget.Take();
        var metric = new OtlpMetric();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): metric.Name = Text(reader.ReadBytes()); break;
                case (2, 2): metric.Description = Text(reader.ReadBytes()); break;
                case (3, 2): metric.Unit = Text(reader.ReadBytes()); break;
                case (5, 2): Data(reader.ReadBytes(), metric, OtlpKind.Gauge); break;
                case (7, 2): Data(reader.ReadBytes(), metric, OtlpKind.Sum); break;
                case (9, 2): Data(reader.ReadBytes(), metric, OtlpKind.Histogram); break;
                case (10, 2): Data(reader.ReadBytes(), metric, OtlpKind.ExponentialHistogram); break;
                case (11, 2): Data(reader.ReadBytes(), metric, OtlpKind.Summary); break;
                default: reader.Skip(); break;
            }
        }
        return metric;
    }

    private void Data(ReadOnlySpan<byte> message, OtlpMetric metric, OtlpKind kind)
    {
        metric.Kind = kind;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): metric.Points.Add(Point(reader.ReadBytes(), kind)); break;
                case (2, 0): metric.Temporality = (OtlpTemporality)Math.Min(reader.ReadVarint(), 3); break;
                case (3, 0): metric.IsMonotonic = reader.ReadVarint() != 0; break;
                default: reader.Skip(); break;
            }
        }
    }

    /// <summary>The attribute of each field of that number in a message.</summary>
    private void Attributes(ReadOnlySpan<byte> message, int field, List<OtlpAttribute> attributes)
    {
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            if (reader.Field == field && reader.WireType == 2) attributes.Add(Attribute(reader.ReadBytes()));
            else reader.Skip();
        }
    }

    private OtlpAttribute Attribute(ReadOnlySpan<byte> message)
    {
        _budget.Take();
        string name = "";
        object? value = null;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): name = Text(reader.ReadBytes()); break;
                case (2, 2): value = Value(reader.ReadBytes(), 0); break;
                default: reader.Skip(); break;
            }
        }
        return new OtlpAttribute(name, OtlpBudget.Bounded(OtlpValue.Text(value)));
    }

    /// <summary>A value: string, bool, long, double, bytes, a list or a dictionary of values, null.</summary>
    private object? Value(ReadOnlySpan<byte> message, int depth)
    {
        if (depth > OtlpBudget.MaxDepth) throw new IngestFormatException($"an attribute is nested deeper than {OtlpBudget.MaxDepth} levels");
        object? value = null;
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            switch (reader.Field, reader.WireType)
            {
                case (1, 2): value = Text(reader.ReadBytes()); break;
                case (2, 0): value = reader.ReadVarint() != 0; break;
                case (3, 0): value = (long)reader.ReadVarint(); break;
                case (4, 1): value = reader.ReadDouble(); break;
                case (5, 2): value = List(reader.ReadBytes(), depth); break;
                case (6, 2): value = Map(reader.ReadBytes(), depth); break;
                case (7, 2): value = reader.ReadBytes().ToArray(); break;
                default: reader.Skip(); break;
            }
        }
        return value;
    }

    private List<object?> List(ReadOnlySpan<byte> message, int depth)
    {
        var values = new List<object?>();
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            _budget.Take();
            if (reader.Field == 1 && reader.WireType == 2) values.Add(Value(reader.ReadBytes(), depth + 1));
            else reader.Skip();
        }
        return values;
    }

    private SortedDictionary<string, object?> Map(ReadOnlySpan<byte> message, int depth)
    {
        var values = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        var reader = new ProtobufReader(message);
        while (reader.MoveNext())
        {
            _budget.Take();
            if (reader.Field != 1 || reader.WireType != 2)
            {
                reader.Skip();
                continue;
            }
            string name = "";
            object? value = null;
            var pair = new ProtobufReader(reader.ReadBytes());
            while (pair.MoveNext())
            {
                if (pair.Field == 1 && pair.WireType == 2) name = Text(pair.ReadBytes());
                else if (pair.Field == 2 && pair.WireType == 2) value = Value(pair.ReadBytes(), depth + 1);
                else pair.Skip();
            }
            values[name] = value;
        }
        return values;
    }

    private static string Text(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? OtlpBudget.Bounded(Encoding.UTF8.GetString(bytes)) : throw new IngestFormatException("a string is not UTF-8");
}
