using System.Text;
using Streamline.Pipeline.Host.Filesystems;

namespace Streamline.Pipeline.Tests.Host;

public sealed class MountProbeTests
{
    // What hangs hangs until the test lets it go; the others answer at once.
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(2);

    [Fact]
    public void Mount_ThatHangs_IsLeftAlone_UntilItAnswers()
    {
        using var server = new ManualResetEventSlim();
        using var answered = new CountdownEvent(1);
        int asked = 0;
        var probe = new MountProbe(MostWait, Ask);
        Mount[] mounts = [New("/a"), New("/nfs"), New("/b")];

        probe.Ask(mounts);
        Assert.Equal(["", "mountpoint timeout", ""], mounts.Select(m => m.Error));
        Assert.Equal([1, 0, 1], mounts.Select(m => m.Use.Size));

        probe.Ask(mounts);
        Assert.Equal(["", "mountpoint timeout", ""], mounts.Select(m => m.Error));
        Assert.Equal(1, asked);

        server.Set();
        Assert.True(answered.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(SpinWait.SpinUntil(() => !mounts[1].IsStuck, TimeSpan.FromSeconds(30)));
        probe.Ask(mounts);
        Assert.Equal(["", "", ""], mounts.Select(m => m.Error));

        string Ask(byte[] path, out FilesystemUse use)
        {
            use = new FilesystemUse(1, 1, 1, 1, 1);
            if (Encoding.UTF8.GetString(path) != "/nfs\0" || server.IsSet) return "";
            Interlocked.Increment(ref asked);
            server.Wait(CancellationToken.None);
            answered.Signal();
            return "";
        }
    }

    [Fact]
    public void MountsBehindOneThatHangs_AreAskedAtOnce()
    {
        using var server = new ManualResetEventSlim();
        // Three more mounts of the lost server: each hangs until all three have been asked.
        using var met = new CountdownEvent(3);
        var probe = new MountProbe(TimeSpan.FromSeconds(2), Ask);
        Mount[] mounts = [New("/a"), New("/lost"), New("/1"), New("/2"), New("/3"), New("/also lost")];
        probe.Ask(mounts);
        Assert.Equal(["", "mountpoint timeout", "", "", "", "mountpoint timeout"], mounts.Select(m => m.Error));
        Assert.Equal([false, true, false, false, false, true], mounts.Select(m => m.IsStuck));
        server.Set();

        string Ask(byte[] path, out FilesystemUse use)
        {
            use = new FilesystemUse(1, 1, 1, 1, 1);
            string point = Encoding.UTF8.GetString(path).TrimEnd('\0');
            if (point.EndsWith("lost", StringComparison.Ordinal)) server.Wait(CancellationToken.None);
            else if (point != "/a")
            {
                met.Signal();
                met.Wait(CancellationToken.None);
            }
            return "";
        }
    }

    private static Mount New(string point) => new("dev", point, "nfs4", "0", "1", false, point);
}
