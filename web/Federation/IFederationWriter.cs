namespace Streamline.Web.Federation;

/// <summary>Writes families with their samples in one format.</summary>
internal interface IFederationWriter
{
    /// <summary>Starts a family; samples of it follow.</summary>
    void Family(string name, FamilyKind kind);

    /// <summary>Adds a sample of the family, its labels without the name.</summary>
    void Sample(in FederatedSample sample, IReadOnlyList<KeyValuePair<string, string>> labels);

    /// <summary>Ends the last family.</summary>
    void End();
}
