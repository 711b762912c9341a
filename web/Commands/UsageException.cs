namespace Streamline.Web.Commands;

/// <summary>The command line is wrong; one line says how. Exit code 1 (3 for a mix of flags that exclude each other).</summary>
internal sealed class UsageException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
