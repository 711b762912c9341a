using Streamline.Pipeline.Config;
using Streamline.Pipeline.Host.Filesystems;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Collectors of file systems over made machines.</summary>
public sealed class FilesystemsCollectorTests
{
    [Fact]
    public Task Volumes_WithLayoutsAndDevices() => HostTable.AssertAsync(
        HostCollector.Btrfs,
        """
        sys/fs/btrfs/features/raid1c34 = 0\n
        sys/fs/btrfs/1111-2222/label = backup\n
        sys/fs/btrfs/1111-2222/allocation/global_rsv_size = 16\n
        sys/fs/btrfs/1111-2222/allocation/data/bytes_reserved = 1\n
        sys/fs/btrfs/1111-2222/allocation/data/raid5/used_bytes = 300\n
        sys/fs/btrfs/1111-2222/allocation/data/raid5/total_bytes = 400\n
        sys/fs/btrfs/1111-2222/allocation/metadata/bytes_reserved = 2\n
        sys/fs/btrfs/1111-2222/allocation/metadata/raid1c3/used_bytes = 30\n
        sys/fs/btrfs/1111-2222/allocation/metadata/raid1c3/total_bytes = 40\n
        sys/fs/btrfs/1111-2222/allocation/system/bytes_reserved = 0\n
        sys/fs/btrfs/1111-2222/allocation/system/dup/used_bytes = 3\n
        sys/fs/btrfs/1111-2222/allocation/system/dup/total_bytes = 4\n
        sys/fs/btrfs/1111-2222/commit_stats = commits 5\nlast_commit_ms 1500\nmax_commit_ms 2500\ntotal_commit_ms 10000\nother 1\n
        sys/fs/btrfs/1111-2222/devices/sda/size = 8\n
        sys/fs/btrfs/1111-2222/devices/sdb/size = 16\n
        sys/fs/btrfs/1111-2222/devices/sdc/size = 24\n
        """,
        """
        success 1
        node_btrfs_allocation_ratio{block_group_type=data,mode=raid5,uuid=1111-2222} 1.5
        node_btrfs_allocation_ratio{block_group_type=metadata,mode=raid1c3,uuid=1111-2222} 3
        node_btrfs_allocation_ratio{block_group_type=system,mode=dup,uuid=1111-2222} 2
        node_btrfs_commit_seconds_total{uuid=1111-2222} 10
        node_btrfs_commits_total{uuid=1111-2222} 5
        node_btrfs_device_size_bytes{device=sda,uuid=1111-2222} 4096
        node_btrfs_device_size_bytes{device=sdb,uuid=1111-2222} 8192
        node_btrfs_device_size_bytes{device=sdc,uuid=1111-2222} 12288
        node_btrfs_global_rsv_size_bytes{uuid=1111-2222} 16
        node_btrfs_info{label=backup,uuid=1111-2222} 1
        node_btrfs_last_commit_seconds{uuid=1111-2222} 1.5
        node_btrfs_max_commit_seconds{uuid=1111-2222} 2.5
        node_btrfs_reserved_bytes{block_group_type=data,uuid=1111-2222} 1
        node_btrfs_reserved_bytes{block_group_type=metadata,uuid=1111-2222} 2
        node_btrfs_reserved_bytes{block_group_type=system,uuid=1111-2222} 0
        node_btrfs_size_bytes{block_group_type=data,mode=raid5,uuid=1111-2222} 400
        node_btrfs_size_bytes{block_group_type=metadata,mode=raid1c3,uuid=1111-2222} 40
        node_btrfs_size_bytes{block_group_type=system,mode=dup,uuid=1111-2222} 4
        node_btrfs_used_bytes{block_group_type=data,mode=raid5,uuid=1111-2222} 300
        node_btrfs_used_bytes{block_group_type=metadata,mode=raid1c3,uuid=1111-2222} 30
        node_btrfs_used_bytes{block_group_type=system,mode=dup,uuid=1111-2222} 3
        """);

    [Fact]
    public async Task MountedVolume_TellsErrorsAndFreeSpaceOfItsDevices_AnyOfItsMountsWillDo()
    {
        using var machine = new HostFolder().Fill(
            """
            sys/fs/btrfs/aa-1/metadata_uuid = given-later\n
            sys/fs/btrfs/aa-1/devices/sda/size = 8\n
            sys/fs/btrfs/bb-2/devices/sdc/size = 16\n
            proc/1/mountinfo = 1 0 0:39 / /forbidden rw - btrfs /dev/sda rw\n2 1 0:39 /sub /open rw - btrfs /dev/sda rw\n3 1 0:39 /sub /again rw - btrfs /dev/sda rw\n4 1 8:1 / /other rw - ext4 /dev/sdd rw\n5 1 0:40 / /silent rw - btrfs /dev/sdc rw\n
            """);
        var asked = new List<string>();
        await using var bench = new HostBench(new HostSourceConfig { ProcPath = machine.Proc, SysPath = machine.Sys }, [("btrfs", new BtrfsCollector(Ask))]);
        await bench.StartAsync();
        Assert.Equal(["/forbidden", "/open", "/silent"], asked);
        Assert.Equal(
            [
                "node_btrfs_device_errors_total{btrfs_dev_uuid=d1,device=sda,type=corruption,uuid=given-later} 4", "node_btrfs_device_errors_total{btrfs_dev_uuid=d1,device=sda,type=flush,uuid=given-later} 3",
                "node_btrfs_device_errors_total{btrfs_dev_uuid=d1,device=sda,type=generation,uuid=given-later} 5", "node_btrfs_device_errors_total{btrfs_dev_uuid=d1,device=sda,type=read,uuid=given-later} 2",
                "node_btrfs_device_errors_total{btrfs_dev_uuid=d1,device=sda,type=write,uuid=given-later} 1", "node_btrfs_device_size_bytes{btrfs_dev_uuid=d1,device=sda,uuid=given-later} 4096",
                "node_btrfs_device_size_bytes{device=sdc,uuid=bb-2} 8192", "node_btrfs_device_unused_bytes{btrfs_dev_uuid=d1,device=sda,uuid=given-later} 3096",
            ],
            bench.Store.Samples().Where(s => s.StartsWith("node_btrfs_device", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

        bool Ask(byte[] path, out string volume, out List<BtrfsDevice> devices)
        {
            asked.Add(System.Text.Encoding.UTF8.GetString(path).TrimEnd('\0'));
            (volume, devices) = ("aa-1", [new BtrfsDevice("sda", "d1", 4096, 1000, [1, 2, 3, 4, 5])]);
            return asked[^1] == "/open";
        }
    }

    [Fact]
    public void WhatIsNoVolume_HasNoDevices() => Assert.False(BtrfsDevices.Ask("/proc\0"u8.ToArray(), out _, out _));

    [Fact]
    public Task Volumes_CountersAndDevices() => HostTable.AssertAsync(
        HostCollector.Bcachefs,
        """
        sys/fs/bcachefs/dead-beef/btree_cache_size = 2.5M\n
        sys/fs/bcachefs/dead-beef/compression_stats = type compressed uncompressed average\nlz4: 1k 2k 3k\nincompressible: 4M 4M 0\n
        sys/fs/bcachefs/dead-beef/errors = btree_node_read 7 1700000000\nodd\n
        sys/fs/bcachefs/dead-beef/btree_write_stats = type nr size\ninitial: 10 4k\n
        sys/fs/bcachefs/dead-beef/counters/io_read = since mount: 1k\nsince filesystem creation: 3k\n
        sys/fs/bcachefs/dead-beef/counters/bucket.alloc = since mount: 1\n
        sys/fs/bcachefs/dead-beef/dev-0/label = ssd\n
        sys/fs/bcachefs/dead-beef/dev-0/state = rw\n
        sys/fs/bcachefs/dead-beef/dev-0/bucket_size = 512k\n
        sys/fs/bcachefs/dead-beef/dev-0/nbuckets = 1000\n
        sys/fs/bcachefs/dead-beef/dev-0/durability = 1\n
        sys/fs/bcachefs/dead-beef/dev-0/io_done = read:\nsb : 5\nuser : 6\nwrite:\njournal : 7\n
        sys/fs/bcachefs/dead-beef/dev-0/io_errors = IO errors since filesystem creation\n  read:  1\n  write: 2\nIO errors since 5 y ago\n  read:  9\n
        """,
        """
        success 1
        node_bcachefs_btree_cache_size_bytes{uuid=dead-beef} 2621440
        node_bcachefs_btree_write_average_size_bytes{type=initial,uuid=dead-beef} 4096
        node_bcachefs_btree_writes_total{type=initial,uuid=dead-beef} 10
        node_bcachefs_bucket_alloc_total{uuid=dead-beef} 0
        node_bcachefs_compression_compressed_bytes{algorithm=incompressible,uuid=dead-beef} 4194304
        node_bcachefs_compression_compressed_bytes{algorithm=lz4,uuid=dead-beef} 1024
        node_bcachefs_compression_uncompressed_bytes{algorithm=incompressible,uuid=dead-beef} 4194304
        node_bcachefs_compression_uncompressed_bytes{algorithm=lz4,uuid=dead-beef} 2048
        node_bcachefs_device_bucket_size_bytes{device=0,uuid=dead-beef} 524288
        node_bcachefs_device_buckets{device=0,uuid=dead-beef} 1000
        node_bcachefs_device_durability{device=0,uuid=dead-beef} 1
        node_bcachefs_device_info{device=0,label=ssd,state=rw,uuid=dead-beef} 1
        node_bcachefs_device_io_done_bytes_total{data_type=journal,device=0,operation=write,uuid=dead-beef} 7
        node_bcachefs_device_io_done_bytes_total{data_type=sb,device=0,operation=read,uuid=dead-beef} 5
        node_bcachefs_device_io_done_bytes_total{data_type=user,device=0,operation=read,uuid=dead-beef} 6
        node_bcachefs_device_io_errors_total{device=0,type=read,uuid=dead-beef} 1
        node_bcachefs_device_io_errors_total{device=0,type=write,uuid=dead-beef} 2
        node_bcachefs_errors_total{error_type=btree_node_read,uuid=dead-beef} 7
        node_bcachefs_info{uuid=dead-beef} 1
        node_bcachefs_io_read_total{uuid=dead-beef} 3072
        """);

    [Fact]
    public Task Counters_OfEachFileSystem() => HostTable.AssertAsync(
        HostCollector.Xfs,
        """
        sys/fs/xfs/stats/stats = rw 9 9\n
        sys/fs/xfs/vda1/stats/stats = extent_alloc 1 2 3 4\nabt 5 6 7 8\nblk_map 9 10 11 12 13 14 15\nbmbt 16 17 18 19\ndir 20 21 22 23\ntrans 0 0 0\nig 24 25 26 27 28 29 30\nrw 31 32\nvnodes 33 34 35 36 37 38 39 0\nxpc 1 2 3\n
        """,
        """
        success 1
        node_xfs_allocation_btree_compares_total{device=vda1} 6
        node_xfs_allocation_btree_lookups_total{device=vda1} 5
        node_xfs_allocation_btree_records_deleted_total{device=vda1} 8
        node_xfs_allocation_btree_records_inserted_total{device=vda1} 7
        node_xfs_block_map_btree_compares_total{device=vda1} 17
        node_xfs_block_map_btree_lookups_total{device=vda1} 16
        node_xfs_block_map_btree_records_deleted_total{device=vda1} 19
        node_xfs_block_map_btree_records_inserted_total{device=vda1} 18
        node_xfs_block_mapping_extent_list_compares_total{device=vda1} 15
        node_xfs_block_mapping_extent_list_deletions_total{device=vda1} 13
        node_xfs_block_mapping_extent_list_insertions_total{device=vda1} 12
        node_xfs_block_mapping_extent_list_lookups_total{device=vda1} 14
        node_xfs_block_mapping_reads_total{device=vda1} 9
        node_xfs_block_mapping_unmaps_total{device=vda1} 11
        node_xfs_block_mapping_writes_total{device=vda1} 10
        node_xfs_directory_operation_create_total{device=vda1} 21
        node_xfs_directory_operation_getdents_total{device=vda1} 23
        node_xfs_directory_operation_lookup_total{device=vda1} 20
        node_xfs_directory_operation_remove_total{device=vda1} 22
        node_xfs_extent_allocation_blocks_allocated_total{device=vda1} 2
        node_xfs_extent_allocation_blocks_freed_total{device=vda1} 4
        node_xfs_extent_allocation_extents_allocated_total{device=vda1} 1
        node_xfs_extent_allocation_extents_freed_total{device=vda1} 3
        node_xfs_inode_operation_attempts_total{device=vda1} 24
        node_xfs_inode_operation_attribute_changes_total{device=vda1} 30
        node_xfs_inode_operation_duplicates_total{device=vda1} 28
        node_xfs_inode_operation_found_total{device=vda1} 25
        node_xfs_inode_operation_missed_total{device=vda1} 27
        node_xfs_inode_operation_reclaims_total{device=vda1} 29
        node_xfs_inode_operation_recycled_total{device=vda1} 26
        node_xfs_read_calls_total{device=vda1} 32
        node_xfs_vnode_active_total{device=vda1} 33
        node_xfs_vnode_allocate_total{device=vda1} 34
        node_xfs_vnode_get_total{device=vda1} 35
        node_xfs_vnode_hold_total{device=vda1} 36
        node_xfs_vnode_reclaim_total{device=vda1} 38
        node_xfs_vnode_release_total{device=vda1} 37
        node_xfs_vnode_remove_total{device=vda1} 39
        node_xfs_write_calls_total{device=vda1} 31
        """);

    [Fact]
    public Task Module_Pools_Datasets() => HostTable.AssertAsync(
        HostCollector.Zfs,
        """
        proc/spl/kstat/zfs/arcstats = 9 1 0x01 3 4 5 6\nname                            type data\nhits                            4    100\nmemory_available_bytes          3    -922\nlabel                           7    text\nl2-odd                          4    5\n
        proc/spl/kstat/zfs/zil = 1 1\nname type data\nzil_commit_count 4 10\n
        proc/spl/kstat/zfs/tank/io = 12 3 0x00 1 80 79205351707403 395818011156865\nnread nwritten reads writes wtime wlentime wupdate rtime rlentime rupdate wcnt rcnt\n1 2 3 4 5 6 7 8 9 10 11 12\n
        proc/spl/kstat/zfs/tank/objset-0x36 = 30 1 0x01 7 2160\nname type data\ndataset_name 7 tank/my data\nwrites 4 21\nnread 4 22\n
        proc/spl/kstat/zfs/tank/state = DEGRADED\n
        proc/spl/kstat/zfs/cold/state = ONLINE\n
        """,
        """
        success 1
        node_zfs_arc_hits 100
        node_zfs_arc_l2_odd 5
        node_zfs_arc_memory_available_bytes -922
        node_zfs_zil_zil_commit_count 10
        node_zfs_zpool_dataset_nread{dataset=tank/my data,zpool=tank} 22
        node_zfs_zpool_dataset_writes{dataset=tank/my data,zpool=tank} 21
        node_zfs_zpool_nread{zpool=tank} 1
        node_zfs_zpool_nwritten{zpool=tank} 2
        node_zfs_zpool_rcnt{zpool=tank} 12
        node_zfs_zpool_reads{zpool=tank} 3
        node_zfs_zpool_rlentime{zpool=tank} 9
        node_zfs_zpool_rtime{zpool=tank} 8
        node_zfs_zpool_rupdate{zpool=tank} 10
        node_zfs_zpool_state{state=degraded,zpool=cold} 0
        node_zfs_zpool_state{state=degraded,zpool=tank} 1
        node_zfs_zpool_state{state=faulted,zpool=cold} 0
        node_zfs_zpool_state{state=faulted,zpool=tank} 0
        node_zfs_zpool_state{state=offline,zpool=cold} 0
        node_zfs_zpool_state{state=offline,zpool=tank} 0
        node_zfs_zpool_state{state=online,zpool=cold} 1
        node_zfs_zpool_state{state=online,zpool=tank} 0
        node_zfs_zpool_state{state=removed,zpool=cold} 0
        node_zfs_zpool_state{state=removed,zpool=tank} 0
        node_zfs_zpool_state{state=suspended,zpool=cold} 0
        node_zfs_zpool_state{state=suspended,zpool=tank} 0
        node_zfs_zpool_state{state=unavail,zpool=cold} 0
        node_zfs_zpool_state{state=unavail,zpool=tank} 0
        node_zfs_zpool_wcnt{zpool=tank} 11
        node_zfs_zpool_wlentime{zpool=tank} 6
        node_zfs_zpool_writes{zpool=tank} 4
        node_zfs_zpool_wtime{zpool=tank} 5
        node_zfs_zpool_wupdate{zpool=tank} 7
        """);
}
