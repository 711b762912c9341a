using System.Text.Json;
using Streamline.Query;

namespace Streamline.Web.Api;

/// <summary>The <c>data</c> of a query's answer (reference H3, H4), series by series and points by points.</summary>
internal sealed class QueryAnswer(QueryResult result, int count, bool stats) : IAnswerInPieces
{
    // Enough that a send is cheap beside it: with 64 kB an answer of 4.6 MB took a tenth more CPU.
    private const int LargestPieceBytes = 256 << 10;

    // The client reads the first ones while the next are written: an answer of 5 MB is there 15 % sooner, a light one a tenth.
    private const int FirstPieceBytes = 24 << 10;

    // Some 15 kB: looked up after so many whether a piece is full.
    private const int PointsAtOnce = 512;

    private int _pieceBytes = FirstPieceBytes;
    private PointTimes? _times;
    private bool _begun;
    private int _series;
    // The next point of the series, -1 before its labels.
    private int _point = -1;

    private bool IsVector => result.Type == Query.ValueType.Vector;

    /// <inheritdoc/>
    public bool WriteSome(Utf8JsonWriter json)
    {
        long full = json.BytesCommitted + json.BytesPending + _pieceBytes;
        _pieceBytes = Math.Min(LargestPieceBytes, _pieceBytes * 2);
        if (!_begun) Begin(json);
        if (HasSeries)
        {
            while (_series < count)
            {
                WritePart(json, result.Series[_series]);
                if (json.BytesCommitted + json.BytesPending >= full) return true;
            }
            json.WriteEndArray();
        }
        End(json);
        return false;
    }

    private bool HasSeries => result.Plan is null && result.Type is Query.ValueType.Vector or Query.ValueType.Matrix;

    private void Begin(Utf8JsonWriter json)
    {
        _begun = true;
        json.WriteStartObject();
        json.WriteString("resultType"u8, result.Type switch
        {
            Query.ValueType.Scalar => "scalar"u8,
            Query.ValueType.String => "string"u8,
            Query.ValueType.Vector => "vector"u8,
            Query.ValueType.Matrix => "matrix"u8,
        });
        json.WritePropertyName("result"u8);
        if (HasSeries || result.Plan is not null)
        {
            json.WriteStartArray();
            if (result.Plan is not null) json.WriteEndArray();
            else if (count > 1 && !IsVector) _times = new PointTimes(result.Series[0].TimestampsMs.Span);
        }
        else if (result.Type == Query.ValueType.Scalar)
        {
            SampleJson.WritePoint(json, result.Series[0].TimestampsMs.Span[0], result.Series[0].Values.Span[0]);
        }
        else
        {
            json.WriteStartArray();
            SampleJson.WriteTime(json, result.Series.Count > 0 ? result.Series[0].TimestampsMs.Span[0] : 0);
            json.WriteStringValue(result.Text);
            json.WriteEndArray();
        }
    }

    private void WritePart(Utf8JsonWriter json, ResultSeries series)
    {
        if (_point < 0) BeginSeries(json, series);
        int points = Math.Min(PointsAtOnce, series.Values.Length - _point);
        if (points > 0 && !IsVector) SampleJson.AppendPoints(json, _times, series.TimestampsMs.Span.Slice(_point, points), series.Values.Span.Slice(_point, points));
        _point += points;
        if (_point < series.Values.Length) return;
        if (series.Values.Length > 0 && !IsVector) json.WriteEndArray();
        WriteHistograms(json, series);
        json.WriteEndObject();
        (_series, _point) = (_series + 1, -1);
    }

    private void BeginSeries(Utf8JsonWriter json, ResultSeries series)
    {
        _point = 0;
        json.WriteStartObject();
        json.WritePropertyName("metric"u8);
        SampleJson.WriteLabels(json, series.Labels);
        if (series.Values.Length == 0) return;
        json.WritePropertyName(IsVector ? "value"u8 : "values"u8);
        _times?.Rewind();
        if (IsVector) SampleJson.WritePoint(json, series.TimestampsMs.Span[0], series.Values.Span[0]);
        else json.WriteStartArray();
    }

    private void WriteHistograms(Utf8JsonWriter json, ResultSeries series)
    {
        if (series.Histograms.Length == 0) return;
        json.WritePropertyName(IsVector ? "histogram"u8 : "histograms"u8);
        if (IsVector) SampleJson.WriteHistogram(json, series.HistogramTimestampsMs.Span[0], series.Histograms.Span[0]);
        else SampleJson.WriteHistograms(json, series.HistogramTimestampsMs.Span, series.Histograms.Span);
    }

    private void End(Utf8JsonWriter json)
    {
        if (result.Plan is not null)
        {
            json.WritePropertyName("explain"u8);
            WritePlan(json, result.Plan);
        }
        if (stats)
        {
            json.WritePropertyName("stats"u8);
            result.Stats.WriteJson(json);
        }
        json.WriteEndObject();
    }

    private static void WritePlan(Utf8JsonWriter json, QueryPlanNode node)
    {
        json.WriteStartObject();
        json.WriteString("operator"u8, node.Operator);
        json.WriteString("expression"u8, node.Expression);
        json.WriteNumber("steps"u8, node.Steps);
        if (node.Series is { } series) json.WriteNumber("series"u8, series);
        else json.WriteNull("series"u8);
        json.WriteNumber("points"u8, node.Points);
        json.WriteNumber("samples"u8, node.Samples);
        json.WriteNumber("bytes"u8, node.Bytes);
        json.WriteNumber("milliseconds"u8, node.Elapsed.TotalMilliseconds);
        json.WriteNumber("ownMilliseconds"u8, node.Own.TotalMilliseconds);
        json.WriteStartArray("inputs"u8);
        foreach (QueryPlanNode input in node.Inputs) WritePlan(json, input);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
