namespace Streamline.Pipeline.Host.Cpu;

/// <summary>
/// One processor's times as they are shown. The kernel's idle and iowait times go back now and then; a counter must not, so the larger value stays. Only when idle
/// falls by seconds has the processor been taken away and brought back, and all its times begin anew.
/// </summary>
internal sealed class CpuTimes
{
    public const int Columns = 10;

    private const int Idle = 3;
    private const double JumpBackSeconds = 3;

    private readonly double[] _seconds = new double[Columns];
    private uint _round;

    /// <summary>Seconds of a column; NaN when the kernel does not have it.</summary>
    public double this[int column] => _seconds[column];

    /// <summary>Takes the times of a round; a processor that was not there in the last one begins anew.</summary>
    public void Advance(ReadOnlySpan<double> now, uint round)
    {
        if (_round + 1 != round || _seconds[Idle] - now[Idle] >= JumpBackSeconds) Array.Clear(_seconds);
        _round = round;
        for (int i = 0; i < Columns; i++)
        {
            if (!(now[i] < _seconds[i])) _seconds[i] = now[i];
        }
    }
}
