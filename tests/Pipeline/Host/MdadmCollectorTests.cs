using Streamline.Pipeline.Config;

namespace Streamline.Pipeline.Tests.Host;

/// <summary>Software RAID in all its states.</summary>
public sealed class MdadmCollectorTests
{
    [Fact]
    public Task Arrays_InEveryState() => HostTable.AssertAsync(
        HostCollector.Mdadm,
        """
        proc/mdstat = Personalities : [raid1] [raid6] [raid5] [raid0]\nmd0 : active raid1 sdb1[1] sda1[0]\n      1000 blocks super 1.2 [2/2] [UU]\n      bitmap: 0/1 pages [0KB], 65536KB chunk\n\nmd1 : active raid5 sdd1[3](S) sdc1[2](F) sdb2[1] sda2[0]\n      2000 blocks level 5, 64k chunk, algorithm 2 [3/2] [UU_]\n      [=>...................]  recovery = 8.5% (170/2000) finish=1.2min speed=12K/sec\n\nmd2 : active raid1 sdf1[1] sde1[0]\n      3000 blocks [2/2] [UU]\n      [===>.................]  resync = 16.6% (500/3000) finish=3.4min speed=5K/sec\n\nmd3 : active raid6 sdi1[2] sdh1[1] sdg1[0]\n      4000 blocks super 1.2 level 6, 512k chunk, algorithm 2 [4/3] [UUU_]\n      bitmap: 1/1 pages [4KB], 65536KB chunk\n      [==>..................]  check = 12.5% (500/4000) finish=7min speed=6K/sec\n\nmd4 : active raid0 sdk1[1] sdj1[0]\n      5000 blocks 64k chunks\n      \n\nmd5 : inactive sdl1[0](S)\n      600 blocks super external:imsm\n       \nmd6 : active raid1 sdn1[1] sdm1[0]\n      7000 blocks [2/2] [UU]\n      \tresync=DELAYED\n\nmd7 : active raid5 sdo1[0] sdp1[1] sdq1[2]\n      8000 blocks level 5, 64k chunk, algorithm 2 [3/3] [UUU]\n      [>....................]  reshape = 1.0% (80/8000) finish=9min speed=1K/sec\n\nunused devices: <none>\n
        sys/block/md0/md/level = raid1\n
        sys/block/md0/md/raid_disks = 2\n
        sys/block/md0/md/degraded = 0\n
        sys/block/md3/md/level = raid6\n
        sys/block/md3/md/raid_disks = 4 (3)\n
        sys/block/md3/md/degraded = 1\n
        sys/block/md4/md/level = raid0\n
        sys/block/md4/md/raid_disks = 2\n
        sys/block/md5/md/level = container\n
        sys/block/sda/size = 5\n
        """,
        """
        success 1
        node_md_blocks_synced{device=md0} 1000
        node_md_blocks_synced{device=md1} 170
        node_md_blocks_synced{device=md2} 500
        node_md_blocks_synced{device=md3} 500
        node_md_blocks_synced{device=md4} 5000
        node_md_blocks_synced{device=md5} 600
        node_md_blocks_synced{device=md6} 0
        node_md_blocks_synced{device=md7} 80
        node_md_blocks{device=md0} 1000
        node_md_blocks{device=md1} 2000
        node_md_blocks{device=md2} 3000
        node_md_blocks{device=md3} 4000
        node_md_blocks{device=md4} 5000
        node_md_blocks{device=md5} 600
        node_md_blocks{device=md6} 7000
        node_md_blocks{device=md7} 8000
        node_md_degraded{device=md0} 0
        node_md_degraded{device=md3} 1
        node_md_degraded{device=md4} 0
        node_md_degraded{device=md5} 0
        node_md_disks_required{device=md0} 2
        node_md_disks_required{device=md1} 3
        node_md_disks_required{device=md2} 2
        node_md_disks_required{device=md3} 4
        node_md_disks_required{device=md4} 2
        node_md_disks_required{device=md5} 0
        node_md_disks_required{device=md6} 2
        node_md_disks_required{device=md7} 3
        node_md_disks{device=md0,state=active} 2
        node_md_disks{device=md0,state=failed} 0
        node_md_disks{device=md0,state=spare} 0
        node_md_disks{device=md1,state=active} 2
        node_md_disks{device=md1,state=failed} 1
        node_md_disks{device=md1,state=spare} 1
        node_md_disks{device=md2,state=active} 2
        node_md_disks{device=md2,state=failed} 0
        node_md_disks{device=md2,state=spare} 0
        node_md_disks{device=md3,state=active} 3
        node_md_disks{device=md3,state=failed} 0
        node_md_disks{device=md3,state=spare} 0
        node_md_disks{device=md4,state=active} 2
        node_md_disks{device=md4,state=failed} 0
        node_md_disks{device=md4,state=spare} 0
        node_md_disks{device=md5,state=active} 0
        node_md_disks{device=md5,state=failed} 0
        node_md_disks{device=md5,state=spare} 1
        node_md_disks{device=md6,state=active} 2
        node_md_disks{device=md6,state=failed} 0
        node_md_disks{device=md6,state=spare} 0
        node_md_disks{device=md7,state=active} 3
        node_md_disks{device=md7,state=failed} 0
        node_md_disks{device=md7,state=spare} 0
        node_md_raid_disks{device=md0} 2
        node_md_raid_disks{device=md3} 4
        node_md_raid_disks{device=md4} 2
        node_md_state{device=md0,state=active} 1
        node_md_state{device=md0,state=check} 0
        node_md_state{device=md0,state=inactive} 0
        node_md_state{device=md0,state=recovering} 0
        node_md_state{device=md0,state=resync} 0
        node_md_state{device=md1,state=active} 0
        node_md_state{device=md1,state=check} 0
        node_md_state{device=md1,state=inactive} 0
        node_md_state{device=md1,state=recovering} 1
        node_md_state{device=md1,state=resync} 0
        node_md_state{device=md2,state=active} 0
        node_md_state{device=md2,state=check} 0
        node_md_state{device=md2,state=inactive} 0
        node_md_state{device=md2,state=recovering} 0
        node_md_state{device=md2,state=resync} 1
        node_md_state{device=md3,state=active} 0
        node_md_state{device=md3,state=check} 1
        node_md_state{device=md3,state=inactive} 0
        node_md_state{device=md3,state=recovering} 0
        node_md_state{device=md3,state=resync} 0
        node_md_state{device=md4,state=active} 1
        node_md_state{device=md4,state=check} 0
        node_md_state{device=md4,state=inactive} 0
        node_md_state{device=md4,state=recovering} 0
        node_md_state{device=md4,state=resync} 0
        node_md_state{device=md5,state=active} 0
        node_md_state{device=md5,state=check} 0
        node_md_state{device=md5,state=inactive} 1
        node_md_state{device=md5,state=recovering} 0
        node_md_state{device=md5,state=resync} 0
        node_md_state{device=md6,state=active} 0
        node_md_state{device=md6,state=check} 0
        node_md_state{device=md6,state=inactive} 0
        node_md_state{device=md6,state=recovering} 0
        node_md_state{device=md6,state=resync} 1
        node_md_state{device=md7,state=active} 0
        node_md_state{device=md7,state=check} 0
        node_md_state{device=md7,state=inactive} 0
        node_md_state{device=md7,state=recovering} 0
        node_md_state{device=md7,state=resync} 0
        """);

    [Fact]
    public Task Array_WithANameOfItsOwn_ThatAnotherMachineRecovers() => HostTable.AssertAsync(
        HostCollector.Mdadm,
        """
        proc/mdstat = Personalities : [raid1]\nmd_home : active raid1 sdb1[1] sda1[0]\n      1000 blocks super 1.2 [2/1] [U_]\n      \trecovery=REMOTE\n\nunused devices: <none>\n
        sys/block/md_home/md/level = raid1\n
        sys/block/md_home/md/raid_disks = 2\n
        sys/block/md_home/md/degraded = 1\n
        """,
        """
        success 1
        node_md_blocks_synced{device=md_home} 0
        node_md_blocks{device=md_home} 1000
        node_md_degraded{device=md_home} 1
        node_md_disks_required{device=md_home} 2
        node_md_disks{device=md_home,state=active} 1
        node_md_disks{device=md_home,state=failed} 0
        node_md_disks{device=md_home,state=spare} 0
        node_md_raid_disks{device=md_home} 2
        node_md_state{device=md_home,state=active} 0
        node_md_state{device=md_home,state=check} 0
        node_md_state{device=md_home,state=inactive} 0
        node_md_state{device=md_home,state=recovering} 1
        node_md_state{device=md_home,state=resync} 0
        """);

    [Fact]
    public Task Mdstat_WithoutArrays() => HostTable.AssertAsync(
        HostCollector.Mdadm,
        """
        proc/mdstat = Personalities : \nunused devices: <none>\n
        """,
        """
        success 1
        """);

    [Fact]
    public Task Mdstat_OfAnUnknownFormat_Fails() => HostTable.AssertAsync(
        HostCollector.Mdadm,
        """
        proc/mdstat = Personalities : [raid1]\nmd0 : active raid1 sdb1[1] sda1[0]\n      some blocks [2/2] [UU]\n\nunused devices: <none>\n
        """,
        """
        success 0
        """);
}
