using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Collectors of sensors, power and firmware over made machines.</summary>
public sealed class HardwareCollectorTests
{
    [Fact]
    public Task Chips_NamesSensorsUnits() => HostTable.AssertAsync(
        HostCollector.Hwmon,
        """
        sys/devices/platform/coretemp.0/temp9_input = 1\n
        sys/class/hwmon/hwmon0/device -> ../../../devices/platform/coretemp.0
        sys/class/hwmon/hwmon0/name = coretemp\n
        sys/class/hwmon/hwmon0/temp1_input = 55500\n
        sys/class/hwmon/hwmon0/temp1_label = Core 0 é\n
        sys/class/hwmon/hwmon0/temp1_crit = 100000\n
        sys/class/hwmon/hwmon0/temp1_crit_alarm = 0\n
        sys/class/hwmon/hwmon0/temp1_alarm = 1\n
        sys/class/hwmon/hwmon0/temp1_type = 4\n
        sys/class/hwmon/hwmon1/name = nct9999-isa\n
        sys/class/hwmon/hwmon1/in0_input = 1224\n
        sys/class/hwmon/hwmon1/in0_beep = 1\n
        sys/class/hwmon/hwmon1/fan2_input = 1500\n
        sys/class/hwmon/hwmon1/fan2_pulses = 2\n
        sys/class/hwmon/hwmon1/fan2_fault = 0\n
        sys/class/hwmon/hwmon1/pwm1 = 127\n
        sys/class/hwmon/hwmon1/pwm1_enable = 5\n
        sys/class/hwmon/hwmon1/curr1_max = 2500\n
        sys/class/hwmon/hwmon1/power1_average = 7500000\n
        sys/class/hwmon/hwmon1/power1_average_interval = 300\n
        sys/class/hwmon/hwmon1/power1_accuracy = 50000\n
        sys/class/hwmon/hwmon1/energy1_input = 3000000\n
        sys/class/hwmon/hwmon1/humidity1_input = 450000\n
        sys/class/hwmon/hwmon1/freq1_input = 1600000000\n
        sys/class/hwmon/hwmon1/freq1_label = sclk\n
        sys/class/hwmon/hwmon1/freq2_input = 5\n
        sys/class/hwmon/hwmon1/intrusion0_alarm = 1\n
        sys/class/hwmon/hwmon1/beep_enable = 1\n
        sys/class/hwmon/hwmon1/update_interval = 1500\n
        sys/class/hwmon/hwmon1/vrm = 9.1\n
        sys/class/hwmon/hwmon1/temp2_input = broken\n
        sys/class/hwmon/hwmon1/uevent = 1\n
        sys/class/hwmon/hwmon2/fan1 = 3\n
        sys/class/hwmon/hwmon2/fan1_input = 900\n
        """,
        """
        success 1
        node_hwmon_beep_enabled{chip=nct9999_isa,sensor=beep_enable0} 1
        node_hwmon_chip_names{chip=nct9999_isa,chip_name=nct9999_isa} 1
        node_hwmon_chip_names{chip=platform_coretemp_0,chip_name=coretemp} 1
        node_hwmon_curr_max_amps{chip=nct9999_isa,sensor=curr1} 2.5
        node_hwmon_energy_joule_total{chip=nct9999_isa,sensor=energy1} 3
        node_hwmon_fan_fault{chip=nct9999_isa,sensor=fan2} 0
        node_hwmon_fan_input_rpm{chip=hwmon2,sensor=fan1} 900
        node_hwmon_fan_pulses{chip=nct9999_isa,sensor=fan2} 2
        node_hwmon_fan_rpm{chip=nct9999_isa,sensor=fan2} 1500
        node_hwmon_fan{chip=hwmon2,sensor=fan1} 3
        node_hwmon_freq_freq_mhz{chip=nct9999_isa,sensor=sclk} 1600
        node_hwmon_humidity{chip=nct9999_isa,sensor=humidity1} 0.45
        node_hwmon_in_beep_enabled{chip=nct9999_isa,sensor=in0} 1
        node_hwmon_in_volts{chip=nct9999_isa,sensor=in0} 1.224
        node_hwmon_intrusion_alarm{chip=nct9999_isa,sensor=intrusion0} 1
        node_hwmon_power_accuracy{chip=nct9999_isa,sensor=power1} 0.05
        node_hwmon_power_average_interval_seconds{chip=nct9999_isa,sensor=power1} 0.3
        node_hwmon_power_average_watt{chip=nct9999_isa,sensor=power1} 7.5
        node_hwmon_pwm_enable{chip=nct9999_isa,sensor=pwm1} 5
        node_hwmon_pwm{chip=nct9999_isa,sensor=pwm1} 127
        node_hwmon_sensor_label{chip=nct9999_isa,label=sclk,sensor=freq1} 1
        node_hwmon_sensor_label{chip=platform_coretemp_0,label=Core 0 é,sensor=temp1} 1
        node_hwmon_temp_alarm{chip=platform_coretemp_0,sensor=temp1} 1
        node_hwmon_temp_celsius{chip=platform_coretemp_0,sensor=temp1} 55.5
        node_hwmon_temp_celsius{chip=platform_coretemp_0,sensor=temp9} 0.001
        node_hwmon_temp_crit_alarm_celsius{chip=platform_coretemp_0,sensor=temp1} 0
        node_hwmon_temp_crit_celsius{chip=platform_coretemp_0,sensor=temp1} 100
        node_hwmon_temp_type{chip=platform_coretemp_0,sensor=temp1} 4
        node_hwmon_update_interval_seconds{chip=nct9999_isa,sensor=update_interval0} 1.5
        node_hwmon_voltage_regulator_version{chip=nct9999_isa,sensor=vrm0} 9.1
        """);

    [Fact]
    public Task Chips_OfOneDevice_AreToldApart() => HostTable.AssertAsync(
        HostCollector.Hwmon,
        """
        sys/devices/pci/card/x = 1\n
        sys/class/hwmon/hwmon3/device -> ../../../devices/pci/card
        sys/class/hwmon/hwmon3/name = alpha\n
        sys/class/hwmon/hwmon3/temp1_input = 1000\n
        sys/class/hwmon/hwmon4/device -> ../../../devices/pci/card
        sys/class/hwmon/hwmon4/name = beta\n
        sys/class/hwmon/hwmon4/temp1_input = 2000\n
        sys/class/hwmon/hwmon5/device -> ../../../devices/pci/card
        sys/class/hwmon/hwmon5/name = beta\n
        sys/class/hwmon/hwmon5/temp1_input = 3000\n
        """,
        """
        success 1
        node_hwmon_chip_names{chip=pci_card_alpha,chip_name=alpha} 1
        node_hwmon_chip_names{chip=pci_card_hwmon4,chip_name=beta} 1
        node_hwmon_chip_names{chip=pci_card_hwmon5,chip_name=beta} 1
        node_hwmon_temp_celsius{chip=pci_card_alpha,sensor=temp1} 1
        node_hwmon_temp_celsius{chip=pci_card_hwmon4,sensor=temp1} 2
        node_hwmon_temp_celsius{chip=pci_card_hwmon5,sensor=temp1} 3
        """);

    [Fact]
    public Task BatteryAndMains() => HostTable.AssertAsync(
        HostCollector.Powersupplyclass,
        """
        sys/class/power_supply/AC/online = 1\n
        sys/class/power_supply/AC/type = Mains\n
        sys/class/power_supply/BAT0/capacity = 81\n
        sys/class/power_supply/BAT0/cycle_count = 0\n
        sys/class/power_supply/BAT0/energy_now = 36580000\n
        sys/class/power_supply/BAT0/power_now = 4830000\n
        sys/class/power_supply/BAT0/voltage_now = 12229000\n
        sys/class/power_supply/BAT0/temp = 253\n
        sys/class/power_supply/BAT0/time_to_empty_now = 3600\n
        sys/class/power_supply/BAT0/status = Discharging\n
        sys/class/power_supply/BAT0/manufacturer = ACME\n
        sys/class/power_supply/BAT0/serial_number =  38109\n
        sys/class/power_supply/BAT0/health = \n
        sys/class/power_supply/BAT0/charge_full = odd\n
        """,
        """
        success 1
        node_power_supply_capacity{power_supply=BAT0} 81
        node_power_supply_cyclecount{power_supply=BAT0} 0
        node_power_supply_energy_watthour{power_supply=BAT0} 36.58
        node_power_supply_info{manufacturer=ACME,power_supply=BAT0,serial_number=38109,status=Discharging} 1
        node_power_supply_info{power_supply=AC,type=Mains} 1
        node_power_supply_online{power_supply=AC} 1
        node_power_supply_power_watt{power_supply=BAT0} 4.83
        node_power_supply_temp_celsius{power_supply=BAT0} 25.3
        node_power_supply_time_to_empty_seconds{power_supply=BAT0} 3600
        node_power_supply_voltage_volt{power_supply=BAT0} 12.229
        """);

    [Fact]
    public Task ZonesAndCoolers_OnesThatCannotBeRead() => HostTable.AssertAsync(
        HostCollector.ThermalZone,
        """
        sys/class/thermal/thermal_zone0/type = x86_pkg_temp\n
        sys/class/thermal/thermal_zone0/temp = 44500\n
        sys/class/thermal/thermal_zone1/type = broken\n
        sys/class/thermal/cooling_device0/type = Processor\n
        sys/class/thermal/cooling_device0/cur_state = 0\n
        sys/class/thermal/cooling_device0/max_state = 3\n
        sys/class/thermal/cooling_device1/type = fan\n
        sys/class/thermal/cooling_device1/max_state = 3\n
        """,
        """
        success 1
        node_cooling_device_cur_state{name=0,type=Processor} 0
        node_cooling_device_max_state{name=0,type=Processor} 3
        node_thermal_zone_temp{type=x86_pkg_temp,zone=0} 44.5
        """);

    [Fact]
    public Task Zones_WithAndWithoutNumbers() => HostTable.AssertAsync(
        HostCollector.Rapl,
        """
        sys/class/powercap/intel-rapl/enabled = 1\n
        sys/class/powercap/intel-rapl:0/name = package-0\n
        sys/class/powercap/intel-rapl:0/max_energy_range_uj = 262143328850\n
        sys/class/powercap/intel-rapl:0/energy_uj = 240422366267\n
        sys/class/powercap/intel-rapl:0:0/name = core\n
        sys/class/powercap/intel-rapl:0:0/max_energy_range_uj = 262143328850\n
        sys/class/powercap/intel-rapl:0:0/energy_uj = 1500000\n
        sys/class/powercap/intel-rapl:1:0/name = core\n
        sys/class/powercap/intel-rapl:1:0/max_energy_range_uj = 262143328850\n
        sys/class/powercap/intel-rapl:1:0/energy_uj = 2500000\n
        """,
        """
        success 1
        node_rapl_core_joules_total{index=0,path=SYS/class/powercap/intel-rapl:0:0} 1.5
        node_rapl_core_joules_total{index=1,path=SYS/class/powercap/intel-rapl:1:0} 2.5
        node_rapl_package_joules_total{index=0,path=SYS/class/powercap/intel-rapl:0} 240422.366267
        """);

    [Fact]
    public Task Rapl_WhenNotRoot_Fails() => HostTable.AssertAsync(
        HostCollector.Rapl,
        """
        sys/class/powercap/intel-rapl:0/name = package-0\n
        sys/class/powercap/intel-rapl:0/max_energy_range_uj = 262143328850\n
        """,
        """
        success 0
        """);

    [Fact]
    public Task Errors_ByControllerRowChannel() => HostTable.AssertAsync(
        HostCollector.Edac,
        """
        sys/devices/system/edac/mc/mc0/ce_count = 1\n
        sys/devices/system/edac/mc/mc0/ce_noinfo_count = 2\n
        sys/devices/system/edac/mc/mc0/ue_count = 5\n
        sys/devices/system/edac/mc/mc0/ue_noinfo_count = 6\n
        sys/devices/system/edac/mc/mc0/csrow0/ce_count = 3\n
        sys/devices/system/edac/mc/mc0/csrow0/ue_count = 4\n
        sys/devices/system/edac/mc/mc0/csrow0/ch0_ce_count = 8\n
        sys/devices/system/edac/mc/mc0/csrow0/ch0_ue_count = 9\n
        sys/devices/system/edac/mc/mc0/csrow0/ch0_dimm_label = mc#0csrow#0channel#0\n
        sys/devices/system/edac/mc/mc0/csrow0/ch1_ce_count = 7\n
        """,
        """
        success 1
        node_edac_channel_correctable_errors_total{channel=0,controller=0,csrow=0,dimm_label=mc0_csrow0_channel0} 8
        node_edac_channel_correctable_errors_total{channel=1,controller=0,csrow=0,dimm_label=unknown} 7
        node_edac_channel_uncorrectable_errors_total{channel=0,controller=0,csrow=0,dimm_label=mc0_csrow0_channel0} 9
        node_edac_correctable_errors_total{controller=0} 1
        node_edac_csrow_correctable_errors_total{controller=0,csrow=0} 3
        node_edac_csrow_correctable_errors_total{controller=0,csrow=unknown} 2
        node_edac_csrow_uncorrectable_errors_total{controller=0,csrow=0} 4
        node_edac_csrow_uncorrectable_errors_total{controller=0,csrow=unknown} 6
        node_edac_uncorrectable_errors_total{controller=0} 5
        """);

    [Fact]
    public Task Timers_WithAndWithoutFacts() => HostTable.AssertAsync(
        HostCollector.Watchdog,
        """
        sys/class/watchdog/watchdog0/bootstatus = 1\n
        sys/class/watchdog/watchdog0/fw_version = 0\n
        sys/class/watchdog/watchdog0/identity = Software Watchdog\n
        sys/class/watchdog/watchdog0/nowayout = 0\n
        sys/class/watchdog/watchdog0/options = 0x8380\n
        sys/class/watchdog/watchdog0/pretimeout = 120\n
        sys/class/watchdog/watchdog0/pretimeout_governor = noop\n
        sys/class/watchdog/watchdog0/state = active\n
        sys/class/watchdog/watchdog0/status = 0x8000\n
        sys/class/watchdog/watchdog0/timeleft = 300\n
        sys/class/watchdog/watchdog0/timeout = 60\n
        sys/class/watchdog/watchdog0/access_cs0 = 0\n
        sys/class/watchdog/watchdog1/uevent = x\n
        """,
        """
        success 1
        node_watchdog_access_cs0{name=watchdog0} 0
        node_watchdog_bootstatus{name=watchdog0} 1
        node_watchdog_fw_version{name=watchdog0} 0
        node_watchdog_info{identity=Software Watchdog,name=watchdog0,options=0x8380,pretimeout_governor=noop,state=active,status=0x8000} 1
        node_watchdog_info{name=watchdog1} 1
        node_watchdog_nowayout{name=watchdog0} 0
        node_watchdog_pretimeout_seconds{name=watchdog0} 120
        node_watchdog_timeleft_seconds{name=watchdog0} 300
        node_watchdog_timeout_seconds{name=watchdog0} 60
        """);

    [Fact]
    public Task Firmware_AsLabels() => HostTable.AssertAsync(
        HostCollector.Dmi,
        """
        sys/class/dmi/id/bios_vendor = BIOS Corp.\n
        sys/class/dmi/id/bios_date = 04/12/2021\n
        sys/class/dmi/id/sys_vendor = ACME\n
        sys/class/dmi/id/product_name =  Server 9 \n
        sys/class/dmi/id/chassis_type = 23\n
        sys/class/dmi/id/modalias = dmi:x\n
        """,
        """
        success 1
        node_dmi_info{bios_date=04/12/2021,bios_vendor=BIOS Corp.,product_name=Server 9,system_vendor=ACME} 1
        """);
}
