using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tests.Contract.Recorded;

/// <summary>
/// What the placeholders of a recording stand for in this run. <c>«uuid»</c> is any UUID; <c>«uuid:1»</c> is the same one wherever it
/// stands, and another one than <c>«uuid:2»</c>. <c>«etag:e1@2»</c> was the ETag "2": exactly that on the component that was recorded, any
/// other text elsewhere.
/// </summary>
public sealed partial class Placeholders(bool exactETags)
{
    private static readonly Dictionary<string, string> Patterns = new(StringComparer.Ordinal)
    {
        ["uuid"] = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        ["trace"] = "[0-9a-f]{32}",
        ["span"] = "[0-9a-f]{16}",
        ["time"] = @"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)",
        ["etag"] = "[^\"\\n ,]+?",
        ["host"] = "[^;,\"]+",
        ["any"] = ".*",
    };

    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private Dictionary<string, string> _bound = new(StringComparer.Ordinal);

    /// <summary>Says what a placeholder stands for.</summary>
    public void Bind(string name, string value) => _told[name] = _bound[name] = value;

    /// <summary>The text to send.</summary>
    public string Fill(string template) => Placeholder().Replace(template, match =>
        match.Groups["kind"].Value is "x" ? new string('x', int.Parse(match.Groups["name"].Value, CultureInfo.InvariantCulture))
        : Known(match) ?? throw new InvalidOperationException($"nothing is known about {match.Value} yet"));

    /// <summary>The text, as far as it is known.</summary>
    public string FillKnown(string template) => Placeholder().Replace(template, match => Known(match) ?? match.Value);

    /// <summary>The same for another run of what was recorded: only what was told by <see cref="Bind"/> is known.</summary>
    public Placeholders Fresh()
    {
        var fresh = new Placeholders(exactETags);
        foreach (var (name, value) in _told)
        {
            fresh.Bind(name, value);
        }
        return fresh;
    }

    /// <summary>True if the text is what the template says; then what it taught is kept.</summary>
    public bool Matches(string template, string actual)
    {
        var pattern = new StringBuilder("\\A");
        var fresh = new List<string>();
        var position = 0;
        foreach (Match match in Placeholder().Matches(template))
        {
            pattern.Append(Regex.Escape(template[position..match.Index]));
            position = match.Index + match.Length;
            var (name, kind) = (NameOf(match), match.Groups["kind"].Value);
            pattern.Append(
                Known(match) is { } known ? Regex.Escape(known)
                : !match.Groups["name"].Success ? Patterns[kind]
                : fresh.Contains(name) ? $@"\k<g{fresh.IndexOf(name)}>"
                : $"(?<g{fresh.Count}>{Patterns[kind]})");
            if (match.Groups["name"].Success && Known(match) is null && !fresh.Contains(name))
            {
                fresh.Add(name);
            }
        }
        pattern.Append(Regex.Escape(template[position..])).Append("\\z");
        var found = Regex.Match(actual, pattern.ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline, TimeSpan.FromSeconds(1));
        return found.Success && Learn(fresh, found);
    }

    /// <summary>Does something, and forgets what it taught unless it went well.</summary>
    public bool Try(Func<bool> attempt)
    {
        var before = new Dictionary<string, string>(_bound, StringComparer.Ordinal);
        if (attempt())
        {
            return true;
        }
        _bound = before;
        return false;
    }

    private static string NameOf(Match placeholder) => $"{placeholder.Groups["kind"].Value}:{placeholder.Groups["name"].Value}";

    private bool Learn(List<string> fresh, Match found)
    {
        foreach (var (i, name) in fresh.Index())
        {
            var value = found.Groups[$"g{i}"].Value;
            var kind = name[..name.IndexOf(':', StringComparison.Ordinal)];
            if (_bound.Any(b => b.Value == value && b.Key.StartsWith(kind + ":", StringComparison.Ordinal) && b.Key != name))
            {
                return false;
            }
            _bound[name] = value;
        }
        return true;
    }

    private string? Known(Match placeholder)
    {
        var name = placeholder.Groups["name"].Value;
        return exactETags && placeholder.Groups["kind"].Value is "etag" && name.Contains('@', StringComparison.Ordinal)
            ? name[(name.IndexOf('@', StringComparison.Ordinal) + 1)..]
            : _bound.GetValueOrDefault(NameOf(placeholder));
    }

    [GeneratedRegex("«(?<kind>[a-z]+)(:(?<name>[^»]+))?»", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Placeholder();
}
