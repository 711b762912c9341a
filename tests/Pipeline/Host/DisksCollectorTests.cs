using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Collectors of disks over made machines.</summary>
public sealed class DisksCollectorTests
{
    [Fact]
    public Task Controllers_AndNamespaces() => HostTable.AssertAsync(
        HostCollector.Nvme,
        """
        sys/class/nvme/nvme3/firmware_rev = FW1    \n
        sys/class/nvme/nvme3/model = Fast Disk 9   \n
        sys/class/nvme/nvme3/serial = S123\n
        sys/class/nvme/nvme3/state = live\n
        sys/class/nvme/nvme3/cntlid = 4\n
        sys/class/nvme/nvme3/nvme3n1/nuse = 10\n
        sys/class/nvme/nvme3/nvme3n1/size = 100\n
        sys/class/nvme/nvme3/nvme3n1/queue/logical_block_size = 4096\n
        sys/class/nvme/nvme3/nvme3n1/ana_state = optimized\n
        sys/class/nvme/nvme3/nvme3n2/nuse = 0\n
        sys/class/nvme/nvme3/nvme3n2/size = 8\n
        sys/class/nvme/nvme3/nvme3n2/queue/logical_block_size = 512\n
        sys/class/nvme/nvme3/hwmon1/name = nvme\n
        """,
        """
        success 1
        node_nvme_info{cntlid=4,device=nvme3,firmware_revision=FW1,model=Fast Disk 9,serial=S123,state=live} 1
        node_nvme_namespace_capacity_bytes{device=nvme3,nsid=1} 51200
        node_nvme_namespace_capacity_bytes{device=nvme3,nsid=2} 4096
        node_nvme_namespace_info{ana_state=optimized,device=nvme3,nsid=1} 1
        node_nvme_namespace_info{ana_state=unknown,device=nvme3,nsid=2} 1
        node_nvme_namespace_logical_block_size_bytes{device=nvme3,nsid=1} 4096
        node_nvme_namespace_logical_block_size_bytes{device=nvme3,nsid=2} 512
        node_nvme_namespace_size_bytes{device=nvme3,nsid=1} 51200
        node_nvme_namespace_size_bytes{device=nvme3,nsid=2} 4096
        node_nvme_namespace_used_bytes{device=nvme3,nsid=1} 40960
        node_nvme_namespace_used_bytes{device=nvme3,nsid=2} 0
        """);

    [Fact]
    public Task Drives_UnderTheirPlainName() => HostTable.AssertAsync(
        HostCollector.Tapestats,
        """
        sys/class/scsi_tape/st0/stats/in_flight = 1\n
        sys/class/scsi_tape/st0/stats/io_ns = 2000000000\n
        sys/class/scsi_tape/st0/stats/other_cnt = 3\n
        sys/class/scsi_tape/st0/stats/read_byte_cnt = 4\n
        sys/class/scsi_tape/st0/stats/read_cnt = 5\n
        sys/class/scsi_tape/st0/stats/read_ns = 6000000000\n
        sys/class/scsi_tape/st0/stats/resid_cnt = 7\n
        sys/class/scsi_tape/st0/stats/write_byte_cnt = 8\n
        sys/class/scsi_tape/st0/stats/write_cnt = 9\n
        sys/class/scsi_tape/st0/stats/write_ns = 10000000000\n
        sys/class/scsi_tape/st0a/stats/in_flight = 99\n
        sys/class/scsi_tape/nst0/stats/in_flight = 99\n
        """,
        """
        success 1
        node_tape_io_now{device=st0} 1
        node_tape_io_others_total{device=st0} 3
        node_tape_io_time_seconds_total{device=st0} 2
        node_tape_read_bytes_total{device=st0} 4
        node_tape_read_time_seconds_total{device=st0} 6
        node_tape_reads_completed_total{device=st0} 5
        node_tape_residual_total{device=st0} 7
        node_tape_write_time_seconds_total{device=st0} 10
        node_tape_writes_completed_total{device=st0} 9
        node_tape_written_bytes_total{device=st0} 8
        """);

    [Fact]
    public Task Devices_AndTheirPaths() => HostTable.AssertAsync(
        HostCollector.Dmmultipath,
        """
        sys/block/dm-0/dm/uuid = LVM-abc\n
        sys/block/dm-1/dm/uuid = mpath-360000\n
        sys/block/dm-1/dm/name = mpatha\n
        sys/block/dm-1/dm/suspended = 0\n
        sys/block/dm-1/size = 2048\n
        sys/block/dm-1/slaves/sda/x = 1\n
        sys/block/dm-1/slaves/sdb/x = 1\n
        sys/block/dm-1/slaves/nvme0c1n1/x = 1\n
        sys/block/sda/device/state = running\n
        sys/block/sdb/device/state = offline\n
        sys/block/nvme0c1n1/device/state = live\n
        sys/block/dm-2/dm/uuid = mpath-360001\n
        sys/block/dm-2/dm/name = mpathb\n
        sys/block/dm-2/dm/suspended = 1\n
        sys/block/dm-2/size = 8\n
        """,
        """
        success 1
        node_dmmultipath_device_active{device=mpatha,sysfs_name=dm-1} 1
        node_dmmultipath_device_active{device=mpathb,sysfs_name=dm-2} 0
        node_dmmultipath_device_info{device=mpatha,sysfs_name=dm-1,uuid=mpath-360000} 1
        node_dmmultipath_device_info{device=mpathb,sysfs_name=dm-2,uuid=mpath-360001} 1
        node_dmmultipath_device_paths_active{device=mpatha,sysfs_name=dm-1} 2
        node_dmmultipath_device_paths_active{device=mpathb,sysfs_name=dm-2} 0
        node_dmmultipath_device_paths_failed{device=mpatha,sysfs_name=dm-1} 1
        node_dmmultipath_device_paths_failed{device=mpathb,sysfs_name=dm-2} 0
        node_dmmultipath_device_paths{device=mpatha,sysfs_name=dm-1} 3
        node_dmmultipath_device_paths{device=mpathb,sysfs_name=dm-2} 0
        node_dmmultipath_device_size_bytes{device=mpatha,sysfs_name=dm-1} 1048576
        node_dmmultipath_device_size_bytes{device=mpathb,sysfs_name=dm-2} 4096
        node_dmmultipath_path_state{device=mpatha,path=nvme0c1n1,state=live} 1
        node_dmmultipath_path_state{device=mpatha,path=sda,state=running} 1
        node_dmmultipath_path_state{device=mpatha,path=sdb,state=offline} 1
        """);

    [Fact]
    public Task Sets_BackingDevices_Caches() => HostTable.AssertAsync(
        HostCollector.Bcache,
        """
        sys/fs/bcache/register = \n
        sys/fs/bcache/aaaa-bbbb/average_key_size = 7\n
        sys/fs/bcache/aaaa-bbbb/btree_cache_size = 1.5k\n
        sys/fs/bcache/aaaa-bbbb/cache_available_percent = 95\n
        sys/fs/bcache/aaaa-bbbb/congested = 0\n
        sys/fs/bcache/aaaa-bbbb/root_usage_percent = 12\n
        sys/fs/bcache/aaaa-bbbb/tree_depth = 1\n
        sys/fs/bcache/aaaa-bbbb/internal/active_journal_entries = 2\n
        sys/fs/bcache/aaaa-bbbb/internal/btree_nodes = 3\n
        sys/fs/bcache/aaaa-bbbb/internal/btree_read_average_duration_us = 1305\n
        sys/fs/bcache/aaaa-bbbb/bdev0/dirty_data = 2M\n
        sys/fs/bcache/aaaa-bbbb/bdev0/stats_total/bypassed = 1G\n
        sys/fs/bcache/aaaa-bbbb/bdev0/stats_total/cache_hits = 546\n
        sys/fs/bcache/aaaa-bbbb/bdev0/stats_total/cache_readaheads = 13\n
        sys/fs/bcache/aaaa-bbbb/bdev0/writeback_rate_debug = rate:\t\t1.1M/sec\ndirty:\t\t20.4G\ntarget:\t\t2.0k\nproportional:\t-427.5k\nintegral:\t790\nchange:\t\t3.2k/sec\nnext io:\t17ms\n
        sys/fs/bcache/aaaa-bbbb/cache0/io_errors = 1\n
        sys/fs/bcache/aaaa-bbbb/cache0/metadata_written = 512\n
        sys/fs/bcache/aaaa-bbbb/cache0/written = 4k\n
        sys/fs/bcache/aaaa-bbbb/cache0/priority_stats = Unused:\t\t99%\nMetadata:\t3%\n
        """,
        """
        success 1
        node_bcache_active_journal_entries{uuid=aaaa-bbbb} 2
        node_bcache_average_key_size_sectors{uuid=aaaa-bbbb} 7
        node_bcache_btree_cache_size_bytes{uuid=aaaa-bbbb} 1524
        node_bcache_btree_nodes{uuid=aaaa-bbbb} 3
        node_bcache_btree_read_average_duration_seconds{uuid=aaaa-bbbb} 0.000001305
        node_bcache_bypassed_bytes_total{backing_device=bdev0,uuid=aaaa-bbbb} 1073741824
        node_bcache_cache_available_percent{uuid=aaaa-bbbb} 95
        node_bcache_cache_bypass_hits_total{backing_device=bdev0,uuid=aaaa-bbbb} 0
        node_bcache_cache_bypass_misses_total{backing_device=bdev0,uuid=aaaa-bbbb} 0
        node_bcache_cache_hits_total{backing_device=bdev0,uuid=aaaa-bbbb} 546
        node_bcache_cache_miss_collisions_total{backing_device=bdev0,uuid=aaaa-bbbb} 0
        node_bcache_cache_misses_total{backing_device=bdev0,uuid=aaaa-bbbb} 0
        node_bcache_cache_read_races_total{uuid=aaaa-bbbb} 0
        node_bcache_cache_readaheads_total{backing_device=bdev0,uuid=aaaa-bbbb} 13
        node_bcache_congested{uuid=aaaa-bbbb} 0
        node_bcache_dirty_data_bytes{backing_device=bdev0,uuid=aaaa-bbbb} 2097152
        node_bcache_dirty_target_bytes{backing_device=bdev0,uuid=aaaa-bbbb} 2048
        node_bcache_io_errors{cache_device=cache0,uuid=aaaa-bbbb} 1
        node_bcache_metadata_written_bytes_total{cache_device=cache0,uuid=aaaa-bbbb} 512
        node_bcache_root_usage_percent{uuid=aaaa-bbbb} 12
        node_bcache_tree_depth{uuid=aaaa-bbbb} 1
        node_bcache_writeback_change{backing_device=bdev0,uuid=aaaa-bbbb} 3272
        node_bcache_writeback_rate_integral_term{backing_device=bdev0,uuid=aaaa-bbbb} 790
        node_bcache_writeback_rate_proportional_term{backing_device=bdev0,uuid=aaaa-bbbb} -437748
        node_bcache_writeback_rate{backing_device=bdev0,uuid=aaaa-bbbb} 1150976
        node_bcache_written_bytes_total{cache_device=cache0,uuid=aaaa-bbbb} 4096
        """);

    [Fact]
    public Task Udev_TellsWhatDisksAre() => HostTable.AssertAsync(
        HostCollector.Diskstats,
        """
        proc/diskstats =    8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n 253       1 dm-1 1\n   8       1 sda1 1\n 252 0 zram0 1\n
        sys/block/sda/queue/rotational = 1\n
        udev/b8:0 = S:disk/by-id/x\nE:ID_ATA=1\nE:ID_MODEL=Spinner\nE:ID_PATH=pci-0000:00:1f.2-ata-1\nE:ID_REVISION=R1\nE:ID_SERIAL=Spinner_LONG\nE:ID_SERIAL_SHORT=SHORT1\nE:ID_WWN=0x5000\nE:ID_ATA_WRITE_CACHE=1\nE:ID_ATA_WRITE_CACHE_ENABLED=0\nE:ID_ATA_ROTATION_RATE_RPM=7200\nE:ID_FS_TYPE=ext4\nE:ID_FS_USAGE=filesystem\nE:ID_FS_UUID=u-1\nE:ID_FS_VERSION=1.0\nG:systemd\n
        udev/b253:1 = E:DM_NAME=vg-lv\nE:DM_UUID=LVM-1\nE:DM_VG_NAME=vg\nE:DM_LV_NAME=lv\nE:DM_LV_LAYER=\n
        """,
        """
        success 1
        node_disk_ata_rotation_rate_rpm{device=sda} 7200
        node_disk_ata_write_cache_enabled{device=sda} 0
        node_disk_ata_write_cache{device=sda} 1
        node_disk_device_mapper_info{device=dm-1,lv_name=lv,name=vg-lv,uuid=LVM-1,vg_name=vg} 1
        node_disk_filesystem_info{device=sda,type=ext4,usage=filesystem,uuid=u-1,version=1.0} 1
        node_disk_info{device=dm-1,major=253,minor=1,rotational=0} 1
        node_disk_info{device=sda,major=8,minor=0,model=Spinner,path=pci-0000:00:1f.2-ata-1,revision=R1,rotational=1,serial=SHORT1,wwn=0x5000} 1
        node_disk_io_now{device=sda} 9
        node_disk_io_time_seconds_total{device=sda} 0.01
        node_disk_io_time_weighted_seconds_total{device=sda} 0.011
        node_disk_read_bytes_total{device=sda} 1536
        node_disk_read_time_seconds_total{device=sda} 0.004
        node_disk_reads_completed_total{device=dm-1} 1
        node_disk_reads_completed_total{device=sda} 1
        node_disk_reads_merged_total{device=sda} 2
        node_disk_write_time_seconds_total{device=sda} 0.008
        node_disk_writes_completed_total{device=sda} 5
        node_disk_writes_merged_total{device=sda} 6
        node_disk_written_bytes_total{device=sda} 3584
        """);
}
