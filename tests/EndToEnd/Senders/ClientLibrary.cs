using Streamline.EndToEnd.Running;

namespace Streamline.EndToEnd.Senders;

/// <summary>A client library of another language with a script of ours: prom-client from npm and Debian's python3-prometheus-client expose and push the same metrics.</summary>
/// <param name="Prefix">What its metrics begin with, and its jobs.</param>
/// <param name="Program">What runs the script.</param>
/// <param name="Script">In the folder of this project.</param>
internal sealed record ClientLibrary(string Prefix, string Program, string Script)
{
    private const string PythonModule = "/usr/lib/python3/dist-packages/prometheus_client";

    public static ClientLibrary Of(string prefix)
    {
        if (prefix == "js") return new("js", "node", "prom-client.mjs");
        // Debian's own Python: another one before it in the path would not see Debian's packages.
        return new("py", "/usr/bin/python3", "python-client.py");
    }

    public void SkipIfMissing()
    {
        if (Prefix == "js") Assert.SkipUnless(Directory.Exists(Path.Combine(ClientProcess.Folder, "node_modules", "prom-client")), "prom-client is not installed: npm --prefix tests/EndToEnd ci");
        else Assert.SkipUnless(Directory.Exists(PythonModule), "Debian's python3-prometheus-client is not installed");
    }

    /// <summary>Answers scrapes; the first line is the address.</summary>
    public ClientProcess Serve() => ClientProcess.Start(Program, Script, "serve");

    public Task<string> PushAsync(Uri gateway) => ClientProcess.RunAsync(Program, Script, "push", Prefix == "js" ? gateway.ToString() : gateway.Authority);
}
