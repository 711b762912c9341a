namespace Streamline.Query;

/// <summary>Who asked a query; the query log shows it.</summary>
public abstract record QueryOrigin
{
    private protected QueryOrigin() { }
}

/// <summary>A request.</summary>
public sealed record HttpQueryOrigin(string ClientIp, string Method, string Path) : QueryOrigin;

/// <summary>A rule of a group.</summary>
public sealed record RuleQueryOrigin(string File, string Group) : QueryOrigin;
