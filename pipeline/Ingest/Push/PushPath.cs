using System.Globalization;
using System.Text;
using Streamline.Storage;

namespace Streamline.Pipeline.Ingest;

/// <summary>
/// The grouping key in a Pushgateway path: <c>/metrics/job/NAME{/LABEL/VALUE}</c>, any label with <c>@base64</c> behind its name has its value in
/// base64url (Pushgateway README, "URL"). Taken from the raw path, so that an escaped slash stays inside its value. Of a label that stands twice the last value
/// counts, as there; the job is the one in front.
/// </summary>
internal static class PushPath
{
    private const string Base64Suffix = "@base64";

    /// <summary>Labels of the group, job first; null with the reason when the path is none.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? Parse(string rawPath, out string error)
    {
        var labels = new List<KeyValuePair<string, string>>();
        string path = rawPath.Split('?')[0].TrimStart('/');
        // A slash at the end is an empty value behind a label's name, and nothing behind the job.
        string[] parts = path.Split('/') is [.., ""] job && job.Length == 4 ? job[..3] : path.Split('/');
        error = "the path is not /metrics/job/NAME{/LABEL/VALUE}";
        if (parts.Length < 3 || parts.Length % 2 == 0 || parts[0] != "metrics") return null;
        for (int i = 1; i < parts.Length; i += 2)
        {
            if (!TryUnescape(parts[i], out string name) || !TryUnescape(parts[i + 1], out string value))
            {
                error = $"\"{parts[i]}/{parts[i + 1]}\" is not UTF-8 text with escapes of two digits";
                return null;
            }
            if (name.EndsWith(Base64Suffix, StringComparison.Ordinal))
            {
                name = name[..^Base64Suffix.Length];
                if (!TryBase64(value, out value))
                {
                    error = $"the value of label \"{name}\" is not UTF-8 text in base64url";
                    return null;
                }
            }
            if (i == 1 && name != "job") return null;
            if (!LabelNames.IsLegacy(Encoding.UTF8.GetBytes(name)) || name.StartsWith("__", StringComparison.Ordinal))
            {
                error = $"\"{name}\" is not a label name that may be pushed";
                return null;
            }
            int known = labels.FindIndex(l => l.Key == name);
            if (known < 0) labels.Add(new(name, value));
            else if (known > 0) labels[known] = new(name, value);
        }
        error = labels[0].Value.Length == 0 ? "job name is required" : "";
        return error.Length == 0 ? labels : null;
    }

    private static bool TryUnescape(string text, out string value)
    {
        value = text;
        if (!text.Contains('%', StringComparison.Ordinal)) return true;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[length] = bytes[i];
            if (bytes[i] == '%')
            {
                if (i + 2 >= bytes.Length || !byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length])) return false;
                i += 2;
            }
            length++;
        }
        if (!System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length))) return false;
        value = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    // "=" stands for the empty value, which a path cannot hold.
    private static bool TryBase64(string text, out string value)
    {
        value = "";
        string plain = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        byte[] bytes = new byte[plain.Length];
        if (!Convert.TryFromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='), bytes, out int length) || !System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length))) return false;
        value = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }
}
