using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Collectors of processors over made machines.</summary>
public sealed class CpuCollectorTests
{
    [Fact]
    public Task Frequencies_AndGovernors_OfProcessorsOnline() => HostTable.AssertAsync(
        HostCollector.Cpufreq,
        """
        sys/devices/system/cpu/offline = 1\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_driver = acpi\n
        sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_cur_freq = 1699981\n
        sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq = 3700000\n
        sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_min_freq = 800000\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq = 1699000\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors = performance powersave\n
        sys/devices/system/cpu/cpu0/cpufreq/scaling_governor = powersave\n
        sys/devices/system/cpu/cpu1/cpufreq/scaling_driver = acpi\n
        sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq = 5\n
        sys/devices/system/cpu/cpu2/topology/core_id = 2\n
        sys/devices/system/cpu/cpufreq/boost = 1\n
        """,
        """
        success 1
        node_cpu_frequency_hertz{cpu=0} 1699981000
        node_cpu_frequency_max_hertz{cpu=0} 3700000000
        node_cpu_frequency_min_hertz{cpu=0} 800000000
        node_cpu_scaling_frequency_hertz{cpu=0} 1699000000
        node_cpu_scaling_governor{cpu=0,governor=performance} 0
        node_cpu_scaling_governor{cpu=0,governor=powersave} 1
        """);

    [Fact]
    public Task Throttles_Online_Isolated() => HostTable.AssertAsync(
        HostCollector.Cpu,
        """
        proc/stat = cpu  1 1\ncpu0 100 0 0 0 0 0 0 0 0 0\nintr 5\n
        sys/devices/system/cpu/isolated = 1,3-4\n
        sys/devices/system/cpu/cpu0/online = 1\n
        sys/devices/system/cpu/cpu0/topology/physical_package_id = 0\n
        sys/devices/system/cpu/cpu0/topology/core_id = 7\n
        sys/devices/system/cpu/cpu3/topology/physical_package_id = -1\n
        sys/devices/system/cpu/cpu3/topology/core_id = 0\n
        sys/devices/system/cpu/cpu3/thermal_throttle/core_throttle_count = 98\n
        sys/devices/system/cpu/cpu4/topology/physical_package_id = 0\n
        sys/devices/system/cpu/cpu4/topology/core_id = \n
        sys/devices/system/cpu/cpu4/thermal_throttle/core_throttle_count = 97\n
        sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count = 3\n
        sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count = 5\n
        sys/devices/system/cpu/cpu1/online = 0\n
        sys/devices/system/cpu/cpu1/topology/physical_package_id = 0\n
        sys/devices/system/cpu/cpu1/topology/core_id = 7\n
        sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count = 99\n
        sys/devices/system/cpu/cpu2/topology/physical_package_id = 1\n
        sys/devices/system/cpu/cpu2/topology/core_id = 0\n
        sys/devices/system/cpu/cpu2/thermal_throttle/core_throttle_count = 4\n
        """,
        """
        success 1
        node_cpu_core_throttles_total{core=0,package=1} 4
        node_cpu_core_throttles_total{core=7,package=0} 3
        node_cpu_guest_seconds_total{cpu=0,mode=nice} 0
        node_cpu_guest_seconds_total{cpu=0,mode=user} 0
        node_cpu_isolated{cpu=1} 1
        node_cpu_isolated{cpu=3} 1
        node_cpu_isolated{cpu=4} 1
        node_cpu_online{cpu=0} 1
        node_cpu_online{cpu=1} 0
        node_cpu_online{cpu=2} 0
        node_cpu_online{cpu=3} 0
        node_cpu_online{cpu=4} 0
        node_cpu_package_throttles_total{package=0} 5
        node_cpu_seconds_total{cpu=0,mode=idle} 0
        node_cpu_seconds_total{cpu=0,mode=iowait} 0
        node_cpu_seconds_total{cpu=0,mode=irq} 0
        node_cpu_seconds_total{cpu=0,mode=nice} 0
        node_cpu_seconds_total{cpu=0,mode=softirq} 0
        node_cpu_seconds_total{cpu=0,mode=steal} 0
        node_cpu_seconds_total{cpu=0,mode=system} 0
        node_cpu_seconds_total{cpu=0,mode=user} 1
        """);

    [Fact]
    public Task Times_OfEachProcessor() => HostTable.AssertAsync(
        HostCollector.Schedstat,
        """
        proc/schedstat = version 15\ntimestamp 15819019232\ncpu0 1 2 3 4 5 6 1500000000 250000000 77\ndomain0 1 2\ncpu12 0 0 0 0 0 0 1 2 3\ncpu13 0 0\n
        """,
        """
        success 1
        node_schedstat_running_seconds_total{cpu=0} 1.5
        node_schedstat_running_seconds_total{cpu=12} 1e-9
        node_schedstat_timeslices_total{cpu=0} 77
        node_schedstat_timeslices_total{cpu=12} 3
        node_schedstat_waiting_seconds_total{cpu=0} 0.25
        node_schedstat_waiting_seconds_total{cpu=12} 2e-9
        """);
}
