namespace Streamline.Tests.Shared;

/// <summary>Wakes a test that waits for something to become so, each time that it may have: by an event, not by looking again and again.</summary>
public sealed class Signal
{
    // What never comes ends the test instead of holding the whole run.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private TaskCompletionSource _next = New();

    /// <summary>Something has happened.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Ends when the condition holds; it is looked at now and after each pulse.</summary>
    public async Task UntilAsync(Func<bool> isSo)
    {
        while (true)
        {
            var next = Volatile.Read(ref _next).Task;
            if (isSo()) return;
            await next.WaitAsync(Patience);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
