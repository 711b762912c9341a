using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Alerting;

/// <summary>Log lines of the dispatcher.</summary>
internal sealed partial class Dispatcher
{
    private void LogDamage(string damage) => Damaged(_setup.Logger, damage);

    private void LogFault(Exception error) => Fault(_setup.Logger, error);

    private void LogNotSent(string receiver, string integration, int attempts, string error) => NotSent(_setup.Logger, receiver, integration, attempts, error);

    private void LogNotRemembered(Exception error) => NotRemembered(_setup.Logger, error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification log cannot be written; a restart may repeat notifications")]
    private static partial void NotRemembered(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Damage}")]
    private static partial void Damaged(ILogger logger, string damage);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert dispatch failed unexpectedly")]
    private static partial void Fault(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notification to {Receiver} ({Integration}) failed after {Attempts} attempts: {Error}")]
    private static partial void NotSent(ILogger logger, string receiver, string integration, int attempts, string error);
}
