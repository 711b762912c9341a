using Microsoft.Extensions.Logging;

namespace Streamline.Pipeline.Rules;

/// <summary>Log lines of the rules.</summary>
internal sealed partial class LiveRules
{
    private void LogJournalDamage(string damage) => JournalDamaged(_setup.Logger, damage);

    private void LogJournalFailed(Exception error) => JournalFailed(_setup.Logger, error);

    private void LogRuleFailed(string group, string rule, string error) => RuleFailed(_setup.Logger, group, rule, error);

    private void LogTargetFull(int count) => TargetFull(_setup.Logger, count);

    private void LogRecordingStreams(string group) => RecordingStreams(_setup.Logger, group);

    private void LogLoopFault(Exception error) => LoopFault(_setup.Logger, error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Damage}")]
    private static partial void JournalDamaged(ILogger logger, string damage);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert journal cannot be written; a restart may forget alerts")]
    private static partial void JournalFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rule {Group} {Rule} failed: {Error}")]
    private static partial void RuleFailed(ILogger logger, string group, string rule, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} alerts wait: the dispatcher's queue is full; they are offered again at the next slot")]
    private static partial void TargetFull(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group}: evaluation of recording rules between slots is not built yet; they are evaluated at slots")]
    private static partial void RecordingStreams(ILogger logger, string group);

    [LoggerMessage(Level = LogLevel.Error, Message = "Rule evaluation failed unexpectedly")]
    private static partial void LoopFault(ILogger logger, Exception error);
}
