namespace Streamline.Pipeline.Host;

/// <summary>
/// Reads what may never come back (a folder on a network file system whose server is gone) on a thread of the pool that is left behind when it hangs: until it comes back
/// there is nothing, and nobody waits.
/// </summary>
internal sealed class HangGuard<T>(Func<T> read, TimeSpan mostWait) where T : class
{
    private Task<T>? _run;

    /// <summary>Whether a read has been left behind.</summary>
    public bool IsHanging { get; private set; }

    /// <summary>What is read now; null while a read hangs. Its exception is the caller's.</summary>
    public T? Read()
    {
        while (true)
        {
            var run = _run ??= Task.Run(read);
            if (Task.WaitAny([run], IsHanging ? TimeSpan.Zero : mostWait) < 0)
            {
                IsHanging = true;
                return null;
            }
            // What one that was left behind has found is old by now.
            bool isOld = IsHanging;
            (_run, IsHanging) = (null, false);
            if (!isOld) return run.GetAwaiter().GetResult();
        }
    }
}
