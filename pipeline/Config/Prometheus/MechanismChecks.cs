namespace Streamline.Pipeline.Config;

/// <summary>What single mechanisms demand of their keys, also where they are not built yet: a file that Prometheus refuses is refused here.</summary>
internal static class MechanismChecks
{
    /// <summary>Reports what is wrong with one entry of <c>KIND_sd_configs</c>.</summary>
    public static void Check(string kind, YamlMapping raw, string path, ConfigErrors errors)
    {
        var entry = new Entry(raw, path, errors);
        switch (kind)
        {
            case "azure": Azure(entry); break;
            case "lightsail": Filters(entry); break;
            case "outscale": Outscale(entry); break;
            case "stackit": if (entry.Text("endpoint").Length > 0) Address(entry, "endpoint"); break;
            case "uyuni": entry.Require("server"); break;
        }
    }

    private static void Azure(Entry entry)
    {
        entry.Require("subscription_id");
        // OAuth is what stands for nothing written.
        if (entry.Text("authentication_method") is not ("" or "OAuth")) return;
        foreach (string key in (string[])["tenant_id", "client_id", "client_secret"]) entry.Require(key);
    }

    private static void Filters(Entry entry)
    {
        foreach (var filter in entry.Items("filters"))
        {
            if (filter.Raw["values"] is not YamlSequence { Items.Count: > 0 }) filter.Fail("values", "a filter needs at least one value");
        }
    }

    private static void Address(Entry entry, string key)
    {
        string text = entry.Text(key);
        if (text.Length == 0) entry.Require(key);
        else if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0) entry.Fail(key, "expected an address such as https://host:port");
    }

    private static void Outscale(Entry entry)
    {
        entry.Require("region");
        entry.Require("access_key");
        if (!entry.Has("secret_key") && !entry.Has("secret_key_file")) entry.Fail("secret_key", "a secret_key or a secret_key_file is needed");
    }

    private readonly record struct Entry(YamlMapping Raw, string Path, ConfigErrors Errors)
    {
        public bool Has(string key) => Raw[key] is { } value && value is not YamlScalar { IsNull: true };

        public string Text(string key) => Raw[key] is YamlScalar { IsNull: false } scalar ? scalar.Text : "";

        public void Require(string key)
        {
            if (Text(key).Length == 0) Fail(key, $"\"{key}\" is needed");
        }

        public void Fail(string key, string message) => Errors.Add(Raw[key]?.Position ?? Raw.Position, $"{Path}.{key}", message);

        public IEnumerable<Entry> Items(string key)
        {
            if (Raw[key] is not YamlSequence list) yield break;
            for (int i = 0; i < list.Items.Count; i++)
            {
                if (list.Items[i] is YamlMapping item) yield return new Entry(item, $"{Path}.{key}[{i}]", Errors);
            }
        }
    }
}
