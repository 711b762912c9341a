using System.Runtime.CompilerServices;

namespace Streamline.Storage;

/// <summary>The first refused sample of a batch, for error texts of protocols that name one.</summary>
public sealed record RejectedSample(RejectReason Reason, Labels Labels, long TimestampMs, double Value, string Message);

/// <summary>What became of a batch: every sample is either accepted or counted under one reason.</summary>
public struct CommitResult
{
    private Counters _rejected;

    /// <summary>Samples stored; a duplicate with equal bits counts as accepted, as in Prometheus.</summary>
    public int Accepted { get; set; }

    /// <summary>Native histograms among <see cref="Accepted"/>.</summary>
    public int AcceptedHistograms { get; set; }

    /// <summary>Exemplars kept, those that were there already included.</summary>
    public int AcceptedExemplars { get; set; }

    /// <summary>Exemplars refused for being older than the newest of their series.</summary>
    public int OutOfOrderExemplars { get; set; }

    /// <summary>Those among <see cref="OutOfOrderExemplars"/> whose series had no other in the batch: a native histogram tells its older ones again with each newer one.</summary>
    public int OnlyOutOfOrderExemplars { get; set; }

    /// <summary>The first refusal, or null.</summary>
    public RejectedSample? FirstError { get; set; }

    /// <summary>All refusals.</summary>
    public readonly int Rejected
    {
        get
        {
            int sum = 0;
            foreach (int count in _rejected) sum += count;
            return sum;
        }
    }

    /// <summary>Refusals of one kind.</summary>
    public readonly int RejectedBy(RejectReason reason) => _rejected[(int)reason];

    /// <summary>Counts refusals.</summary>
    public void Reject(RejectReason reason, int count = 1) => _rejected[(int)reason] += count;

    [InlineArray(9)]
    private struct Counters
    {
        private int _first;
    }
}
