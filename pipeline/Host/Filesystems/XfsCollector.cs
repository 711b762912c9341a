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
            Counter("extent_allocation_extents_allocated_total", "Extents that XFS handed out."),
            Counter("extent_allocation_blocks_allocated_total", "Blocks that XFS handed out."),
            Counter("extent_allocation_extents_freed_total", "Extents that XFS took back."),
            Counter("extent_allocation_blocks_freed_total", "Blocks that XFS took back."),
        ]),
        ("abt"u8.ToArray(),
        [
            Counter("allocation_btree_lookups_total", "Searches in the trees of free space."),
            Counter("allocation_btree_compares_total", "Keys compared in the trees of free space."),
            Counter("allocation_btree_records_inserted_total", "Records added to the trees of free space."),
            Counter("allocation_btree_records_deleted_total", "Records taken out of the trees of free space."),
        ]),
        ("blk_map"u8.ToArray(),
        [
            Counter("block_mapping_reads_total", "Block map requests made in order to read."),
            Counter("block_mapping_writes_total", "Block map requests made in order to write."),
            Counter("block_mapping_unmaps_total", "Block map requests that gave up blocks."),
            Counter("block_mapping_extent_list_insertions_total", "Extents added to the lists of files."),
            Counter("block_mapping_extent_list_deletions_total", "Extents taken out of the lists of files."),
            Counter("block_mapping_extent_list_lookups_total", "Searches in the extent lists of files."),
            Counter("block_mapping_extent_list_compares_total", "Entries compared in the extent lists of files."),
        ]),
        ("bmbt"u8.ToArray(),
        [
            Counter("block_map_btree_lookups_total", "Searches in the trees of files' extents."),
            Counter("block_map_btree_compares_total", "Keys compared in the trees of files' extents."),
            Counter("block_map_btree_records_inserted_total", "Records added to the trees of files' extents."),
            Counter("block_map_btree_records_deleted_total", "Records taken out of the trees of files' extents."),
        ]),
        ("dir"u8.ToArray(),
        [
            Counter("directory_operation_lookup_total", "Names looked up in a directory that the kernel's cache did not know."),
            Counter("directory_operation_create_total", "Names added to directories."),
            Counter("directory_operation_remove_total", "Names taken out of directories."),
            Counter("directory_operation_getdents_total", "Listings of directories (getdents calls)."),
        ]),
        ("ig"u8.ToArray(),
        [
            Counter("inode_operation_attempts_total", "Searches in the cache of XFS inodes."),
            Counter("inode_operation_found_total", "Searches in the cache of XFS inodes that found theirs."),
            Counter("inode_operation_recycled_total", "Searches in the cache of XFS inodes that met one just being given up."),
            Counter("inode_operation_missed_total", "Searches in the cache of XFS inodes that found nothing."),
            Counter("inode_operation_duplicates_total", "Inodes read in vain because another task had put them into the cache first."),
            Counter("inode_operation_reclaims_total", "Inodes dropped from the cache to win memory."),
            Counter("inode_operation_attribute_changes_total", "Changes of an inode's attributes."),
        ]),
        ("rw"u8.ToArray(),
        [
            Counter("write_calls_total", "Calls of write(2) on the file system's files."),
            Counter("read_calls_total", "Calls of read(2) on the file system's files."),
        ]),
        ("vnodes"u8.ToArray(),
        [
            Counter("vnode_active_total", "Vnodes in use."),
            Counter("vnode_allocate_total", "Vnodes allotted (vn_alloc)."),
            Counter("vnode_get_total", "Vnodes fetched (vn_get)."),
            Counter("vnode_hold_total", "References taken on vnodes (vn_hold)."),
            Counter("vnode_release_total", "References given back on vnodes (vn_rele)."),
            Counter("vnode_reclaim_total", "Vnodes reclaimed (vn_reclaim)."),
            Counter("vnode_remove_total", "Vnodes removed (vn_remove)."),
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
