namespace Streamline.Pipeline.Graph;

/// <summary>A box without input: it fills batches and hands them to its target. Built stopped; started once, stopped once.</summary>
internal interface ISource
{
    /// <summary>scrape, host, self, push, remote_write, otlp.</summary>
    string Kind { get; }

    /// <summary>Name inside its pipeline, unique with the kind: a reload keeps the source of equal identity and configuration.</summary>
    string Name { get; }

    /// <summary>Begins to send into <paramref name="target"/>.</summary>
    void Start(IBatchTarget target);

    /// <summary>Switches to another target between two batches (one volatile write); the old target still drains.</summary>
    void SwitchTo(IBatchTarget target);

    /// <summary>Ends: no batch is sent after the task completes. Scrapes that run end first.</summary>
    Task StopAsync();
}
