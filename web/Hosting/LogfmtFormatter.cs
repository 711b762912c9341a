using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Streamline.Storage;

namespace Streamline.Web.Hosting;

/// <summary>Log lines as Prometheus prints them: logfmt with <c>time</c>, <c>level</c>, <c>component</c>, <c>msg</c>, <c>err</c>.</summary>
internal sealed class LogfmtFormatter(TimeProvider time) : ConsoleFormatter(FormatName)
{
    public const string FormatName = "logfmt";

    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(" \"=\n\r\t\\");

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new StringBuilder("time=");
        line.Append(time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        line.Append(" level=").Append(Level(logEntry.LogLevel));
        line.Append(" component=").Append(Component(logEntry.Category));
        line.Append(" msg=");
        Append(line, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } error)
        {
            line.Append(" err=");
            Append(line, logEntry.LogLevel >= LogLevel.Error ? error.ToString() : error.Message);
        }
        textWriter.WriteLine(line.ToString());
    }

    private static void Append(StringBuilder line, string text)
    {
        if (text.Length > 0 && text.AsSpan().IndexOfAny(NeedQuotes) < 0) line.Append(text);
        else LabelNames.AppendQuoted(line, text);
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information or LogLevel.None => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error or LogLevel.Critical => "error",
    };

    // The last part of the type's name says which part speaks.
    private static string Component(string category) => category[(category.LastIndexOf('.') + 1)..];
}
