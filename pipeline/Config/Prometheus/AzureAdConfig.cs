using System.Text.RegularExpressions;

namespace Streamline.Pipeline.Config;

/// <summary>How remote write shows itself to Azure: one way of the five.</summary>
internal sealed partial record AzureAdConfig : ConfigNode
{
    private static readonly string[] Ways = ["managed_identity", "workload_identity", "oauth", "certificate", "sdk"];

    [BlankIsDefault]
    public AzureCloud Cloud { get; init; } = AzureCloud.AzurePublic;

    public AzureIdentityConfig? ManagedIdentity { get; init; }
    public AzureIdentityConfig? WorkloadIdentity { get; init; }

    [Key("oauth")]
    public AzureIdentityConfig? OAuth { get; init; }

    public AzureIdentityConfig? Certificate { get; init; }
    public AzureIdentityConfig? Sdk { get; init; }
    public string Scope { get; init; } = "";

    public override void Check(ConfigErrors errors)
    {
        var chosen = Ways.Where(Origin.HasValue).ToList();
        if (chosen.Count == 0 && Origin.Failed.Count == 0) errors.Add(this, "", $"\"azuread\" needs one of {string.Join(", ", Ways)}");
        if (chosen.Count > 1) errors.Add(this, chosen[1], $"at most one of {string.Join(", ", Ways)} may be set, not {string.Join(" and ", chosen)}");
        ManagedIdentity?.Require(errors, allowed: ["client_id"]);
        WorkloadIdentity?.Require(errors, allowed: ["client_id", "tenant_id", "token_file_path"], "client_id", "tenant_id");
        OAuth?.Require(errors, allowed: ["client_id", "client_secret", "tenant_id"], "client_id", "client_secret", "tenant_id");
        Certificate?.Require(
            errors,
            allowed: ["client_id", "tenant_id", "certificate_path", "certificate_key_path", "certificate_password", "send_certificate_chain"],
            "client_id", "tenant_id", "certificate_path");
        Sdk?.Require(errors, allowed: ["tenant_id"]);
        if (Scope.Length > 0 && !ScopeText().IsMatch(Scope)) errors.Add(this, "scope", "a scope holds letters, digits, blanks and _ : / . - only");
    }

    [GeneratedRegex(@"^[0-9A-Za-z_\s:/.\-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex ScopeText();
}

/// <summary>Azure's clouds.</summary>
internal enum AzureCloud
{
    AzurePublic,
    AzureChina,
    AzureGovernment,
}

/// <summary>Keys of all five ways; each takes some of them.</summary>
internal sealed record AzureIdentityConfig : ConfigNode
{
    public string ClientId { get; init; } = "";
    public string TenantId { get; init; } = "";
    public Secret? ClientSecret { get; init; }

    [Path]
    public string TokenFilePath { get; init; } = "";

    [Path]
    public string CertificatePath { get; init; } = "";

    [Path]
    public string CertificateKeyPath { get; init; } = "";

    public Secret? CertificatePassword { get; init; }
    public bool SendCertificateChain { get; init; }

    /// <summary>Reports keys that this way does not know, that it misses, and a client that is no GUID.</summary>
    public void Require(ConfigErrors errors, string[] allowed, params string[] needed)
    {
        foreach (string key in Origin.Keys.Keys.Where(k => !Origin.Failed.Contains(k) && !allowed.Contains(k))) errors.Add(this, key, $"unknown key \"{key}\" here: known are {string.Join(", ", allowed)}");
        foreach (string key in needed.Where(k => !Origin.HasValue(k))) errors.Add(this, key, $"\"{key}\" is needed");
        if (ClientId.Length > 0 && !Guid.TryParse(ClientId, out _)) errors.Add(this, "client_id", "expected a GUID such as 00000000-0000-0000-0000-000000000000");
    }
}

/// <summary>How remote write shows itself to Google's monitoring.</summary>
internal sealed record GoogleIamConfig : ConfigNode
{
    [Path]
    public string CredentialsFile { get; init; } = "";
}
