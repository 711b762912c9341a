namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>
/// Asks mounts for their figures. statvfs on a network file system whose server is gone does not come back, so a walk on a thread of the pool asks one mount after the
/// other. When one takes too long, the walk is left behind with it and the rest is asked at once, each mount by a walk of its own: such a server seldom has one mount only.
/// </summary>
internal sealed class MountProbe(TimeSpan mostWait, MountProbe.AskMount? ask = null)
{
    /// <summary>Asks the file system at a path; the empty text, or why there is no answer.</summary>
    public delegate string AskMount(byte[] path, out FilesystemUse use);

    // Threads that stay behind when all of them hang.
    private const int MostAtOnce = 64;

    private readonly AskMount _ask = ask ?? FilesystemUse.Ask;

    public void Ask(IReadOnlyList<Mount> mounts)
    {
        var walk = new Walk(mounts, 0, mounts.Count, _ask);
        int next = walk.Wait(Task.Run(walk.Run), mostWait);
        for (; next < mounts.Count; next += MostAtOnce) AskAtOnce(mounts, next, Math.Min(next + MostAtOnce, mounts.Count));
    }

    // Threads of their own: the pool gives new ones slowly, and requests are answered by it.
    private void AskAtOnce(IReadOnlyList<Mount> mounts, int first, int end)
    {
        var walks = Enumerable.Range(first, end - first).Select(i => new Walk(mounts, i, i + 1, _ask)).ToList();
        Task[] runs = [.. walks.Select(w => Task.Factory.StartNew(w.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(runs, mostWait);
        for (int i = 0; i < walks.Count; i++) walks[i].Wait(runs[i], TimeSpan.Zero);
    }

    private sealed class Walk(IReadOnlyList<Mount> mounts, int first, int end, AskMount ask)
    {
        // Guards the place and whether the walk is left behind.
        private readonly Lock _lock = new();
        private int _at = first;
        private bool _isLeft;

        public void Run()
        {
            while (_at < end)
            {
                var mount = mounts[_at];
                var use = default(FilesystemUse);
                string? error = mount.IsStuck ? null : ask(mount.Path, out use);
                lock (_lock)
                {
                    if (_isLeft)
                    {
                        mount.IsStuck = false;
                        return;
                    }
                    (mount.Error, mount.Use) = (error ?? "mountpoint timeout", use);
                    _at++;
                }
            }
        }

        /// <summary>Waits until all mounts are asked, or one hangs; gives the place of the first mount that is still to be asked.</summary>
        public int Wait(Task run, TimeSpan mostWait)
        {
            int seen;
            lock (_lock) seen = _at;
            while (!run.Wait(mostWait))
            {
                lock (_lock)
                {
                    if (_at == end) return end;
                    if (_at != seen)
                    {
                        seen = _at;
                        continue;
                    }
                    (mounts[seen].IsStuck, mounts[seen].Error, _isLeft) = (true, "mountpoint timeout", true);
                    return seen + 1;
                }
            }
            return end;
        }
    }
}
