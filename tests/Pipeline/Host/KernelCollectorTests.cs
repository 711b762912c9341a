using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Collectors of the kernel and the system over made machines.</summary>
public sealed class KernelCollectorTests
{
    [Fact]
    public Task Pool() => HostTable.AssertAsync(
        HostCollector.Entropy,
        """
        proc/sys/kernel/random/entropy_avail = 1337\n
        proc/sys/kernel/random/poolsize = 4096\n
        """,
        """
        success 1
        node_entropy_available_bits 1337
        node_entropy_pool_size_bits 4096
        """);

    [Fact]
    public Task Tasks() => HostTable.AssertAsync(
        HostCollector.KernelHung,
        """
        proc/sys/kernel/hung_task_detect_count = 5\n
        """,
        """
        success 1
        node_kernel_hung_tasks_total 5
        """);

    [Fact]
    public Task Release_WithQuotesAndAnEnd() => HostTable.AssertAsync(
        HostCollector.Os,
        """
        root/etc/os-release = # comment\nNAME="My \\"Linux\\""\nID=mine\nID_LIKE='debian other'\nVERSION_ID="20.04.5"\nPRETTY_NAME="My \\$5"\nSUPPORT_END=2030-01-02\nBROKEN\n
        """,
        """
        success 1
        node_os_info{id=mine,id_like=debian other,name=My "Linux",pretty_name=My $5,version_id=20.04.5} 1
        node_os_support_end_timestamp_seconds 1893542400
        node_os_version{id=mine,id_like=debian other,name=My "Linux"} 20.04
        """);

    [Fact]
    public Task Release_OfARollingSystem_InTheOtherPlace() => HostTable.AssertAsync(
        HostCollector.Os,
        """
        root/usr/lib/os-release = NAME=Rolling\nVERSION_ID=rolling\n
        """,
        """
        success 1
        node_os_info{name=Rolling,version_id=rolling} 1
        """);

    [Fact]
    public Task Selinux_Enforcing() => HostTable.AssertAsync(
        HostCollector.Selinux,
        """
        sys/fs/selinux/enforce = 1
        root/etc/selinux/config = # x\nSELINUX=permissive\nSELINUXTYPE=targeted\n
        """,
        """
        success 1
        node_selinux_config_mode 0
        node_selinux_current_mode 1
        node_selinux_enabled 1
        """);

    [Fact]
    public Task Selinux_Off() => HostTable.AssertAsync(
        HostCollector.Selinux,
        """
        sys/fs/other = 1\n
        """,
        """
        success 1
        node_selinux_enabled 0
        """);

    [Fact]
    public Task Interrupts_StallOnly() => HostTable.AssertAsync(
        HostCollector.Pressure,
        """
        proc/pressure/irq = full avg10=0.00 avg60=0.00 avg300=0.00 total=3500000\n
        """,
        """
        success 1
        node_pressure_irq_stalled_seconds_total 3.5
        """);
}
