using Streamline.Pipeline.Ingest;
using Streamline.Pipeline.Stages;
using Streamline.Storage;

namespace Streamline.Pipeline.Tests.Ingest;

public sealed class SeriesWriterTests : IDisposable
{
    private readonly StoreBench _bench = new();
    private readonly SeriesWriter _writer = new([new("job", "node"), new("instance", "i")]);
    private long _timeMs;

    public SeriesWriterTests() => _timeMs = _bench.NowMs;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Series_GetBaseLabels_UnlessTheyHaveTheirOwn()
    {
        Round(w =>
        {
            w.Series("a"u8).Label("x"u8, "1"u8).Label("y"u8, "\u2713").Value(1);
            w.Series("b"u8).Label("job"u8, "own").Value(2);
            w.Series("c"u8).Label("job"u8, "").Value(3);
        });
        Assert.Equal(["a{instance=i,job=node,x=1,y=\u2713} 1", "b{instance=i,job=own} 2", "c{instance=i} 3"], _bench.Samples());
    }

    [Fact]
    public void VanishedSeries_GetOneStaleMarker()
    {
        Round(w => Both(w, 1));
        Round(w => w.Series("a"u8).Value(2));
        Round(w => w.Series("a"u8).Value(3));
        Round(w => Both(w, 4));
        Assert.Equal(["a{instance=i,job=node} 1 2 3 4", "b{instance=i,job=node} 1 stale 4"], _bench.Samples());
    }

    [Fact]
    public void EndAll_EndsWhatTheLastRoundHad()
    {
        Round(w => Both(w, 1));
        Round(w => w.Series("a"u8).Value(2));
        for (int i = 1; i <= 2; i++)
        {
            var batch = new SampleBatch("test");
            _writer.EndAll(batch, _timeMs + i);
            _bench.TrySend(batch);
        }
        Assert.Equal(["a{instance=i,job=node} 1 2 stale", "b{instance=i,job=node} 1 stale"], _bench.Samples());
    }

    [Fact]
    public void SeriesTwiceInARound_KeepsTheFirst()
    {
        Round(w =>
        {
            w.Series("a"u8).Value(1);
            w.Series("a"u8).Value(2);
        });
        Assert.Equal(["a{instance=i,job=node} 1"], _bench.Samples());
        Assert.Equal(0, _bench.Last.Rejected);
    }

    [Fact]
    public void BytesThatAreNotUtf8_AreCleaned()
    {
        Round(w => w.Series("a"u8).Label("m"u8, [(byte)'/', 0xff, 0xfe]).Value(1));
        Assert.Equal(["a{instance=i,job=node,m=/\ufffd\ufffd} 1"], _bench.Samples());
    }

    [Fact]
    public void LongTexts_AreKeptWhole()
    {
        string text = new('x', 5000);
        Round(w => w.Series("a"u8).Label("l"u8, text).Label("m"u8, text).Value(1));
        var labels = StoredText.Read(_bench.Store)[0].Labels;
        Assert.Equal((text, text), (labels.Get("l"), labels.Get("m")));
    }

    [Fact]
    public void OtherRouter_EndsSeriesThatItLeadsElsewhere()
    {
        Round(w => Both(w, 1));
        Round(w => Both(w, 2), new SeriesRouter(_bench.Store, [new DropStage(DropStage.Selectors(["b"]))]));
        Assert.Equal(["a{instance=i,job=node} 1 2", "b{instance=i,job=node} 1 stale"], _bench.Samples());
        Assert.Equal(1, _bench.Last.RejectedBy(RejectReason.Dropped));
    }

    [Fact]
    public void KnownSeries_AllocateNothing()
    {
        var batch = new SampleBatch("test", 4096);
        for (int round = 0; round < 3; round++)
        {
            _writer.Begin(batch, _bench.Router, _timeMs + round);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++) Hundred(_writer, i);
            long spent = GC.GetAllocatedBytesForCurrentThread() - before;
            _writer.End();
            if (round > 0) Assert.Equal(0, spent);
        }
        batch.Release();
    }

    private static void Hundred(SeriesWriter writer, int i)
    {
        Span<byte> text = [(byte)('0' + i / 10), (byte)('0' + i % 10)];
        writer.Series("metric"u8).Label("cpu"u8, text).Label("mode"u8, "user").Value(i);
    }

    private static void Both(SeriesWriter writer, double value)
    {
        writer.Series("a"u8).Value(value);
        writer.Series("b"u8).Value(value);
    }

    private void Round(Action<SeriesWriter> add, SeriesRouter? router = null)
    {
        var batch = new SampleBatch("test");
        _writer.Begin(batch, router ?? _bench.Router, _timeMs += 1000);
        add(_writer);
        _writer.End();
        _bench.TrySend(batch);
    }
}
