using System.Runtime.InteropServices;
using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Kernel;

/// <summary>How the kernel keeps its clock in step, from adjtimex(2), which is asked without changing anything.</summary>
internal sealed class TimexCollector : IHostCollector
{
    // TIME_ERROR: not in step with anything.
    private const int NotSynchronized = 5;

    // STA_NANO: offsets are nanoseconds, else microseconds.
    private const int IsNano = 0x2000;

    private const double Micro = 1_000_000, Nano = 1_000_000_000;

    // Frequencies are parts of a million with 16 bits of fraction.
    private const double PpmFraction = 1_000_000.0 * 65_536;

    private static readonly HostFamily SyncStatus = Gauge("sync_status", "1 when the clock is kept in step by a time source, else 0.");
    private static readonly HostFamily Offset = Gauge("offset_seconds", "How far the clock still has to be moved to agree with its time source, seconds.");
    private static readonly HostFamily Frequency = Gauge("frequency_adjustment_ratio", "Factor by which the clock is made faster or slower.");
    private static readonly HostFamily MaxError = Gauge("maxerror_seconds", "Bound on how wrong the clock may be, seconds.");
    private static readonly HostFamily EstimatedError = Gauge("estimated_error_seconds", "How wrong the clock probably is, seconds.");
    private static readonly HostFamily Status = Gauge("status", "Flags of the kernel's clock (STA_ bits of adjtimex).");
    private static readonly HostFamily LoopConstant = Gauge("loop_time_constant", "How slowly the clock's control loop follows its time source.");
    private static readonly HostFamily Tick = Gauge("tick_seconds", "Time that one tick adds to the clock, seconds.");
    private static readonly HostFamily PpsFrequency = Gauge("pps_frequency_hertz", "Drift of the clock measured by the pulse per second, hertz for each hertz.");
    private static readonly HostFamily PpsJitter = Gauge("pps_jitter_seconds", "Scatter of the pulses per second, seconds.");
    private static readonly HostFamily PpsShift = Gauge("pps_shift_seconds", "Time over which pulses are compared, as a power of two of seconds.");
    private static readonly HostFamily PpsStability = Gauge("pps_stability_hertz", "How much the drift measured by the pulse per second wanders, hertz for each hertz.");
    private static readonly HostFamily PpsJitters = Counter("pps_jitter_total", "Pulses that came further off than the jitter limit.");
    private static readonly HostFamily PpsCalibrations = Counter("pps_calibration_total", "Intervals over which the clock was compared with pulses.");
    private static readonly HostFamily PpsErrors = Counter("pps_error_total", "Comparisons with pulses that failed.");
    private static readonly HostFamily PpsExceeded = Counter("pps_stability_exceeded_total", "Comparisons with pulses whose drift wandered too far to be used.");
    private static readonly HostFamily TaiOffset = Gauge("tai_offset_seconds", "How far atomic time (TAI) is ahead of UTC, seconds.");

    public IEnumerable<HostFamily> Families =>
    [
        SyncStatus, Offset, Frequency, MaxError, EstimatedError, Status, LoopConstant, Tick, PpsFrequency, PpsJitter, PpsShift, PpsStability, PpsJitters, PpsCalibrations, PpsErrors, PpsExceeded, TaiOffset,
    ];

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        var clock = default(Timex);
        int state = AdjTimex(ref clock);
        if (state < 0) return false;
        double unit = (clock.Status & IsNano) != 0 ? Nano : Micro;
        writer.Series(SyncStatus).Value(state == NotSynchronized ? 0 : 1);
        writer.Series(Offset).Value(clock.Offset / unit);
        writer.Series(Frequency).Value(1 + clock.Frequency / PpmFraction);
        writer.Series(MaxError).Value(clock.MaxError / Micro);
        writer.Series(EstimatedError).Value(clock.EstimatedError / Micro);
        writer.Series(Status).Value(clock.Status);
        writer.Series(LoopConstant).Value(clock.Constant);
        writer.Series(Tick).Value(clock.Tick / Micro);
        writer.Series(TaiOffset).Value(clock.Tai);
        AddPulses(clock, unit, writer);
        return true;
    }

    private static void AddPulses(in Timex clock, double unit, SeriesWriter writer)
    {
        writer.Series(PpsFrequency).Value(clock.PpsFrequency / PpmFraction);
        writer.Series(PpsJitter).Value(clock.Jitter / unit);
        writer.Series(PpsShift).Value(clock.Shift);
        writer.Series(PpsStability).Value(clock.Stability / PpmFraction);
        writer.Series(PpsJitters).Value(clock.JitterCount);
        writer.Series(PpsCalibrations).Value(clock.CalibrationCount);
        writer.Series(PpsErrors).Value(clock.ErrorCount);
        writer.Series(PpsExceeded).Value(clock.StabilityCount);
    }

    private static HostFamily Gauge(string name, string help) => HostFamily.Gauge("node_timex_" + name, help);

    private static HostFamily Counter(string name, string help) => HostFamily.Counter("node_timex_" + name, help);

    // struct timex of 64-bit Linux (uapi linux/timex.h), with the room that it keeps for later.
    [StructLayout(LayoutKind.Sequential)]
    private struct Timex
    {
        public uint Modes;
        public long Offset, Frequency, MaxError, EstimatedError;
        public int Status;
        public long Constant, Precision, Tolerance, Seconds, Microseconds, Tick, PpsFrequency, Jitter;
        public int Shift;
        public long Stability, JitterCount, CalibrationCount, ErrorCount, StabilityCount;
        public int Tai, Spare0;
        public long Spare1, Spare2, Spare3, Spare4, Spare5;
    }

    [DllImport("libc", EntryPoint = "adjtimex")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AdjTimex(ref Timex clock);
}
