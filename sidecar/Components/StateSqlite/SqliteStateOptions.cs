using System.Text.RegularExpressions;
using Sidecar.Resources;
using Sidecar.Resources.Yaml;

namespace Sidecar.Components.StateSqlite;

/// <summary>The metadata of a <c>state.sqlite</c> component, checked.</summary>
/// <param name="Path">Full path of the database file.</param>
/// <param name="TableName">Table that holds the values.</param>
/// <param name="CleanupInterval">How often expired values are removed; null for never.</param>
internal sealed partial record SqliteStateOptions(string Path, string TableName, TimeSpan? CleanupInterval)
{
    private const string ConnectionString = "connectionString";
    private const string Table = "tableName";
    private const string Cleanup = "cleanupInterval";

    private static readonly string[] Known = [ConnectionString, Table, Cleanup, .. ComponentMetadata.OfEveryStateStore];

    /// <exception cref="ResourceException">A name is unknown, or a value missing or malformed.</exception>
    public static SqliteStateOptions Read(Component component, string dataDirectory)
    {
        ComponentMetadata.RefuseUnknown(component, Known);
        var file = ComponentMetadata.Find(component, ConnectionString);
        if (string.IsNullOrWhiteSpace(file))
        {
            throw Wrong(component, ConnectionString, "is missing", "Write a file name, for example state.db");
        }
        if (file.Contains(':') || file.Contains('?') || file.Contains('='))
        {
            throw Wrong(
                component, ConnectionString, $"'{file}' is not a plain file name",
                "URIs and options are not supported here: write a path such as state.db");
        }
        var table = ComponentMetadata.Find(component, Table) ?? "state";
        if (!Identifier().IsMatch(table))
        {
            throw Wrong(component, Table, $"'{table}' is not an identifier", "Use letters, digits and underscores");
        }
        return new(System.IO.Path.GetFullPath(file, dataDirectory), table, ReadInterval(component));
    }

    // Zero switches the removal off.
    private static TimeSpan? ReadInterval(Component component)
    {
        var text = ComponentMetadata.Find(component, Cleanup) ?? "1m";
        return GoDuration.TryParse(text, out var interval)
            ? interval > TimeSpan.Zero ? interval : null
            : throw Wrong(component, Cleanup, $"'{text}' is not a duration", "Write for example 30s, 5m or 1h30m, or 0 for never");
    }

    private static ResourceException Wrong(Component component, string name, string problem, string remedy) =>
        new(component.File, $"spec.metadata.{name}", problem, remedy);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,62}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Identifier();
}
