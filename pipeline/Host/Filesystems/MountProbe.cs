namespace Streamline.Pipeline.Host.Filesystems;

/// <summary>
/// Asks mounts for their figures. statvfs on a network file system whose server is gone does not come back, so a walk on a thread of the pool asks one mount after the
/// other; when one takes too long the walk is left behind with it, and another asks the rest.
/// </summary>
internal sealed class MountProbe(TimeSpan mostWait, MountProbe.AskMount? ask = null)
{
    /// <summary>Asks the file system at a path; the empty text, or why there is no answer.</summary>
    public delegate string AskMount(byte[] path, out FilesystemUse use);

    private readonly AskMount _ask = ask ?? FilesystemUse.Ask;

    public void Ask(IReadOnlyList<Mount> mounts)
    {
        for (int first = 0; first < mounts.Count;)
        {
            var walk = new Walk(mounts, first, _ask);
            first = walk.Wait(Task.Run(walk.Run), mostWait);
        }
    }

    private sealed class Walk(IReadOnlyList<Mount> mounts, int first, AskMount ask)
    {
        // Guards the place and whether the walk is left behind.
        private readonly Lock _lock = new();
        private int _at = first;
        private bool _isLeft;

        public void Run()
        {
            while (_at < mounts.Count)
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
                    if (_at != seen)
                    {
                        seen = _at;
                        continue;
                    }
                    (mounts[seen].IsStuck, mounts[seen].Error, _isLeft) = (true, "mountpoint timeout", true);
                    return seen + 1;
                }
            }
            return mounts.Count;
        }
    }
}
