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

    private static readonly HostFamily SyncStatus = Gauge("sync_status", "Is clock synchronized to a reliable server (1 = yes, 0 = no).");
    private static readonly HostFamily Offset = Gauge("offset_seconds", "Time offset in between local system and reference clock.");
    private static readonly HostFamily Frequency = Gauge("frequency_adjustment_ratio", "Local clock frequency adjustment.");
    private static readonly HostFamily MaxError = Gauge("maxerror_seconds", "Maximum error in seconds.");
    private static readonly HostFamily EstimatedError = Gauge("estimated_error_seconds", "Estimated error in seconds.");
    private static readonly HostFamily Status = Gauge("status", "Value of the status array bits.");
    private static readonly HostFamily LoopConstant = Gauge("loop_time_constant", "Phase-locked loop time constant.");
    private static readonly HostFamily Tick = Gauge("tick_seconds", "Seconds between clock ticks.");
    private static readonly HostFamily PpsFrequency = Gauge("pps_frequency_hertz", "Pulse per second frequency.");
    private static readonly HostFamily PpsJitter = Gauge("pps_jitter_seconds", "Pulse per second jitter.");
    private static readonly HostFamily PpsShift = Gauge("pps_shift_seconds", "Pulse per second interval duration.");
    private static readonly HostFamily PpsStability = Gauge("pps_stability_hertz", "Pulse per second stability, average of recent frequency changes.");
    private static readonly HostFamily PpsJitters = Counter("pps_jitter_total", "Pulse per second count of jitter limit exceeded events.");
    private static readonly HostFamily PpsCalibrations = Counter("pps_calibration_total", "Pulse per second count of calibration intervals.");
    private static readonly HostFamily PpsErrors = Counter("pps_error_total", "Pulse per second count of calibration errors.");
    private static readonly HostFamily PpsExceeded = Counter("pps_stability_exceeded_total", "Pulse per second count of stability limit exceeded events.");
    private static readonly HostFamily TaiOffset = Gauge("tai_offset_seconds", "International Atomic Time (TAI) offset.");

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
