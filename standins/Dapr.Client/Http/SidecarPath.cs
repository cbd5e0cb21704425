using System.Text;

namespace Dapr.Client.Http;

/// <summary>Writes paths and queries of the Dapr HTTP API.</summary>
internal static class SidecarPath
{
    /// <summary>A path below <paramref name="root"/>; each segment is escaped.</summary>
    /// <exception cref="ArgumentException">A segment is <c>.</c> or <c>..</c>, which a path cannot hold.</exception>
    public static string Of(string root, params ReadOnlySpan<string> segments)
    {
        var path = new StringBuilder(root, capacity: 128);
        foreach (var segment in segments)
        {
            path.Append('/').Append(Escape(segment));
        }

        return path.ToString();
    }

    /// <summary>The path of a topic, whose name may hold slashes that stay as they are.</summary>
    public static string OfTopic(string root, string pubsubName, string topicName) =>
        topicName.Contains('/')
            ? Of(root, [pubsubName, .. topicName.Split('/')])
            : Of(root, pubsubName, topicName);

    /// <summary>Adds metadata, and each parameter that has a value, as the query.</summary>
    public static string WithQuery(
        string path,
        IReadOnlyDictionary<string, string>? metadata,
        params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new StringBuilder(path);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                Add(name, value);
            }
        }

        foreach (var (name, value) in metadata ?? Nothing)
        {
            Add(SidecarHeaders.MetadataPrefix + Uri.EscapeDataString(name), value);
        }

        return query.ToString();

        void Add(string name, string value)
        {
            query.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }
    }

    private static readonly Dictionary<string, string> Nothing = [];

    private static string Escape(string segment) => segment is "." or ".."
        ? throw new ArgumentException(
            $"'{segment}' cannot be a name or key: a path of the Dapr HTTP API cannot hold it.")
        : Uri.EscapeDataString(segment);
}
