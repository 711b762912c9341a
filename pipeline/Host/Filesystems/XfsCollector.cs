using Streamline.Pipeline.Ingest;

namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>XFS counters per file system, from /sys/fs/xfs/*/stats/stats (the runtime statistics of xfs.org).</summary>
internal sealed class XfsCollector : IHostCollector
{
    // Line of the file, and the families of its columns in file order.
    private static readonly (byte[] Line, HostFamily[] Columns)[] Lines =
    [
        ("extent_alloc"u8.ToArray(),
        [
            Counter("extent_allocation_extents_allocated_total", "Number of extents allocated for a filesystem."),
            Counter("extent_allocation_blocks_allocated_total", "Number of blocks allocated for a filesystem."),
            Counter("extent_allocation_extents_freed_total", "Number of extents freed for a filesystem."),
            Counter("extent_allocation_blocks_freed_total", "Number of blocks freed for a filesystem."),
        ]),
        ("abt"u8.ToArray(),
        [
            Counter("allocation_btree_lookups_total", "Number of allocation B-tree lookups for a filesystem."),
            Counter("allocation_btree_compares_total", "Number of allocation B-tree compares for a filesystem."),
            Counter("allocation_btree_records_inserted_total", "Number of allocation B-tree records inserted for a filesystem."),
            Counter("allocation_btree_records_deleted_total", "Number of allocation B-tree records deleted for a filesystem."),
        ]),
        ("blk_map"u8.ToArray(),
        [
            Counter("block_mapping_reads_total", "Number of block map for read operations for a filesystem."),
            Counter("block_mapping_writes_total", "Number of block map for write operations for a filesystem."),
            Counter("block_mapping_unmaps_total", "Number of block unmaps (deletes) for a filesystem."),
            Counter("block_mapping_extent_list_insertions_total", "Number of extent list insertions for a filesystem."),
            Counter("block_mapping_extent_list_deletions_total", "Number of extent list deletions for a filesystem."),
            Counter("block_mapping_extent_list_lookups_total", "Number of extent list lookups for a filesystem."),
            Counter("block_mapping_extent_list_compares_total", "Number of extent list compares for a filesystem."),
        ]),
        ("bmbt"u8.ToArray(),
        [
            Counter("block_map_btree_lookups_total", "Number of block map B-tree lookups for a filesystem."),
            Counter("block_map_btree_compares_total", "Number of block map B-tree compares for a filesystem."),
            Counter("block_map_btree_records_inserted_total", "Number of block map B-tree records inserted for a filesystem."),
            Counter("block_map_btree_records_deleted_total", "Number of block map B-tree records deleted for a filesystem."),
        ]),
        ("dir"u8.ToArray(),
        [
            Counter("directory_operation_lookup_total", "Number of file name directory lookups which miss the operating systems directory name lookup cache."),
            Counter("directory_operation_create_total", "Number of times a new directory entry was created for a filesystem."),
            Counter("directory_operation_remove_total", "Number of times an existing directory entry was created for a filesystem."),
            Counter("directory_operation_getdents_total", "Number of times the directory getdents operation was performed for a filesystem."),
        ]),
        ("ig"u8.ToArray(),
        [
            Counter("inode_operation_attempts_total", "Number of times the OS looked for an XFS inode in the inode cache."),
            Counter("inode_operation_found_total", "Number of times the OS looked for and found an XFS inode in the inode cache."),
            Counter("inode_operation_recycled_total", "Number of times the OS found an XFS inode in the cache, but could not use it as it was being recycled."),
            Counter("inode_operation_missed_total", "Number of times the OS looked for an XFS inode in the cache, but did not find it."),
            Counter("inode_operation_duplicates_total", "Number of times the OS tried to add a missing XFS inode to the inode cache, but found it had already been added by another process."),
            Counter("inode_operation_reclaims_total", "Number of times the OS reclaimed an XFS inode from the inode cache to free memory for another purpose."),
            Counter("inode_operation_attribute_changes_total", "Number of times the OS explicitly changed the attributes of an XFS inode."),
        ]),
        ("rw"u8.ToArray(),
        [
            Counter("write_calls_total", "Number of write(2) system calls made to files in a filesystem."),
            Counter("read_calls_total", "Number of read(2) system calls made to files in a filesystem."),
        ]),
        ("vnodes"u8.ToArray(),
        [
            Counter("vnode_active_total", "Number of vnodes not on free lists for a filesystem."),
            Counter("vnode_allocate_total", "Number of times vn_alloc called for a filesystem."),
            Counter("vnode_get_total", "Number of times vn_get called for a filesystem."),
            Counter("vnode_hold_total", "Number of times vn_hold called for a filesystem."),
            Counter("vnode_release_total", "Number of times vn_rele called for a filesystem."),
            Counter("vnode_reclaim_total", "Number of times vn_reclaim called for a filesystem."),
            Counter("vnode_remove_total", "Number of times vn_remove called for a filesystem."),
        ]),
    ];

    private readonly DeviceTable _filesystems = new("fs/xfs", "", ["stats/stats"]);

    public IEnumerable<HostFamily> Families => Lines.SelectMany(l => l.Columns);

    public bool Collect(HostFiles files, SeriesWriter writer)
    {
        foreach (var filesystem in _filesystems.List(files) ?? [])
        {
            // fs/xfs/stats adds up all of them, and has no such file.
            if (files.TrySys(filesystem[0], out var text)) Add(filesystem.Name, text, writer);
        }
        return true;
    }

    private static void Add(string device, ReadOnlySpan<byte> text, SeriesWriter writer)
    {
        var reader = new FieldReader(text);
        while (reader.NextLine())
        {
            var line = reader.Field();
            foreach (var family in ColumnsOf(line)) writer.ValueOf(family, "device"u8, device, reader.Number());
        }
    }

    private static HostFamily[] ColumnsOf(ReadOnlySpan<byte> line)
    {
        foreach (var (name, columns) in Lines)
        {
            if (line.SequenceEqual(name)) return columns;
        }
        return [];
    }

    private static HostFamily Counter(string name, string help) => HostFamily.Counter("node_xfs_" + name, help);
}
