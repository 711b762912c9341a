using System.Diagnostics;
using System.Text.Json;

namespace Streamline.Tests.Shared;

/// <summary>DuckDB from npm (tests/EndToEnd/package.json), the judge of exported Parquet files.</summary>
public static class DuckDb
{
    public const string Reason = "DuckDB is not installed: npm --prefix tests/EndToEnd ci";

    private static readonly string Directory = Path.Combine(Root(), "tests", "EndToEnd");

    public static bool IsInstalled => System.IO.Directory.Exists(Path.Combine(Directory, "node_modules", "@duckdb", "node-api"));

    /// <summary>The rows of a statement, the columns of each as text joined by spaces.</summary>
    public static string[] Query(string sql)
    {
        var start = new ProcessStartInfo("node") { WorkingDirectory = Directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("lake-sql.mjs");
        start.ArgumentList.Add(sql);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{sql}\n{errors.GetAwaiter().GetResult()}");
        using var rows = JsonDocument.Parse(output);
        return [.. rows.RootElement.EnumerateArray().Select(row => string.Join(' ', row.EnumerateArray().Select(c => c.ToString())))];
    }

    private static string Root()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Streamline.sln"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
