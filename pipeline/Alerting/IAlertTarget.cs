namespace Streamline.Pipeline.Alerting;

/// <summary>Where rules send their alerts: the embedded dispatcher, Alertmanagers outside, or both.</summary>
internal interface IAlertTarget
{
    /// <summary>
    /// Takes updates in order without waiting and returns how many were taken. The caller keeps the others and offers them again: nothing is dropped here.
    /// </summary>
    int Post(ReadOnlySpan<AlertUpdate> updates);
}
