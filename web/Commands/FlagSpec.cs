namespace Streamline.Web.Commands;

/// <summary>What a flag's value is.</summary>
internal enum FlagKind
{
    Switch,
    Text,
    List,
    Number,
    Duration,
    Size,
}

/// <summary>One flag of Prometheus: name, kind, default as Prometheus prints it, and whether it does anything here yet.</summary>
internal sealed record FlagSpec(string Name, FlagKind Kind, string Default, string Help, bool HasEffect = true);
