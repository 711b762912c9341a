using Streamline.Pipeline.Config;
using Streamline.Pipeline.Rules;

namespace Streamline.Pipeline.Tests.Rules;

public sealed class DirtyQueueTests
{
    private readonly IReadOnlyList<AlertingRule> _rules;
    private readonly DirtyQueue _queue;

    public DirtyQueueTests()
    {
        using var rig = new RuleRig();
        var plan = rig.Rules.Prepare(
        [
            new RuleGroupConfig { Name = "g", File = "f", Interval = TimeSpan.FromSeconds(1), Evaluation = new RuleEvaluationConfig(), Rules = [.. Enumerable.Range(0, 4).Select(i => new RuleConfig { Alert = $"A{i}", Expr = "up > 0" })] },
        ], new GlobalConfig());
        _rules = [.. plan.Groups[0].Rules.OfType<AlertingRule>()];
        _queue = new DirtyQueue(_rules);
    }

    [Fact]
    public void TakeReady_OneRuleAfterASweep_ComesFirst_ThoughItCostsMore()
    {
        Run(0, cost: 2, at: 0);
        for (int i = 1; i < 4; i++) Run(i, cost: 1, at: 0);
        _queue.Add([(1, 5), (2, 5), (3, 5)], 1000);
        _queue.Add([(0, 6)], 1000);
        Assert.Same(_rules[0], _queue.TakeReady(1000)!.Rule);
        Assert.NotNull(_queue.TakeReady(1000));
    }

    [Fact]
    public void TakeReady_CoolingRule_WaitsItsPause_ThenTakesTheSmallerJob()
    {
        for (int i = 0; i < 4; i++) Run(i, cost: 2, at: 0);
        Run(0, cost: 2, at: 1000);
        _queue.Add([(0, 5), (1, 5), (2, 5), (3, 5)], 1001);
        _queue.Add([(0, 6)], 1002);
        Assert.NotSame(_rules[0], _queue.TakeReady(1002)!.Rule);
        Assert.Equal(1020, _queue.NextMs);
        Assert.Same(_rules[0], _queue.TakeReady(1020)!.Rule);
    }

    [Fact]
    public void PutBack_IsTakenAgain()
    {
        _queue.Add([(2, 5)], 0);
        var entry = _queue.TakeReady(0)!;
        Assert.Null(_queue.TakeReady(0));
        _queue.PutBack(entry, 0);
        Assert.Same(entry, _queue.TakeReady(0));
    }

    private void Run(int id, int cost, long at)
    {
        _queue.Add([(id, at)], long.MaxValue);
        DirtyQueue.Ran(_queue.TakeReady(long.MaxValue)!, TimeSpan.FromMilliseconds(cost), at);
    }
}
