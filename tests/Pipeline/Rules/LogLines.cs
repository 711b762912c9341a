using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Tests.Rules;

/// <summary>A log that keeps its lines; <paramref name="onLine"/> is called behind each.</summary>
internal sealed class LogLines(Action? onLine = null) : ILogger
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Lines) Lines.Add(formatter(state, exception));
        onLine?.Invoke();
    }
}
