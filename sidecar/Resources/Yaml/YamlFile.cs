using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sidecar.Resources.Yaml;

/// <summary>
/// Reads YAML files into strict maps; whatever is wrong with the text itself becomes a <see cref="ResourceException"/>.
/// </summary>
internal static class YamlFile
{
    /// <summary>The documents of a file, without empty ones; each must be a map.</summary>
    public static IReadOnlyList<YamlMap> Read(string path)
    {
        var file = Display(path);
        var stream = new YamlStream();
        try
        {
            using var reader = new StreamReader(path);
            stream.Load(reader);
        }
        catch (YamlException e)
        {
            // The innermost message names the cause (a duplicate key, a bad indent); the outer ones only repeat the
            // place.
            var cause = e.GetBaseException().Message;
            throw new ResourceException(
                file, $"line {e.Start.Line}", $"not valid YAML: {OneLine(cause)}", "Correct the text there.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException(
                file, "(file)", $"cannot be read: {OneLine(e.Message)}", "Check that the file exists and may be read.");
        }

        var documents = new List<YamlMap>();
        foreach (var root in stream.Documents.Select(d => d.RootNode))
        {
            if (root is YamlMappingNode map)
            {
                documents.Add(new YamlMap(file, string.Empty, map));
            }
            else if (root is not YamlScalarNode { Value: null or "" })
            {
                throw new ResourceException(
                    file, $"line {root.Start.Line}", "the document is not a map", "Write fields as 'name: value'.");
            }
        }

        return documents;
    }

    /// <summary>
    /// A path as messages show it: relative to the working directory where it lies inside, else in full.
    /// </summary>
    public static string Display(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFullPath(path) : relative;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
