using Streamline.Pipeline.Host;

namespace Streamline.Pipeline.Tests.Host;

public sealed class HangGuardTests
{
    [Fact]
    public void Read_ThatHangs_IsLeftBehind_AndReadAnewWhenItHasComeBack()
    {
        using var server = new ManualResetEventSlim();
        int reads = 0;
        var guard = new HangGuard<string>(Read, TimeSpan.FromMilliseconds(500));
        Assert.Null(guard.Read());
        Assert.Null(guard.Read());
        Assert.True(guard.IsHanging);
        // A busy pool may have begun it late, but it has begun one only.
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref reads) > 0, TimeSpan.FromSeconds(30)));
        Assert.Null(guard.Read());
        Assert.Equal(1, reads);
        server.Set();
        string? found = null;
        Assert.True(SpinWait.SpinUntil(() => (found = guard.Read()) is not null, TimeSpan.FromSeconds(30)));
        Assert.Equal("read 2", found);
        Assert.False(guard.IsHanging);

        string Read()
        {
            int read = Interlocked.Increment(ref reads);
            server.Wait(CancellationToken.None);
            return $"read {read}";
        }
    }

    [Fact]
    public void Read_ThatFails_TellsItsCaller_AndIsTriedAgain()
    {
        int reads = 0;
        var guard = new HangGuard<string>(() => ++reads == 1 ? throw new IOException("first") : "second", TimeSpan.FromSeconds(30));
        Assert.Equal("first", Assert.Throws<IOException>(() => guard.Read()).Message);
        Assert.Equal("second", guard.Read());
    }
}
