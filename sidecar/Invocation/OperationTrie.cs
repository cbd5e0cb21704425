using System.Text.RegularExpressions;
using Sidecar.Resources;

namespace Sidecar.Invocation;

/// <summary>
/// Finds the rule of a path, segment by segment, without case. With Dapr's own corners, on which real files rely: a rule without a wildcard is
/// good for all that is below it, too, and <c>/*</c> stands for a segment only at the end; <c>/**</c> may stand before more of the path.
/// Source: dapr/dapr pkg/config/acl_trie.go.
/// </summary>
internal sealed class OperationTrie
{
    private const string One = "*";

    private readonly Node _root = new("");

    /// <summary>Adds a rule; of two for one path the first holds.</summary>
    public void Put(AccessOperation operation)
    {
        var node = _root;
        foreach (var segment in Segments(operation.Name))
        {
            var next = node.Below.Find(n => n.Segment == segment);
            if (next is null)
            {
                node.Below.Add(next = new Node(segment));
            }
            node = next;
        }
        node.Operation ??= operation;
    }

    /// <summary>The rule for a path with a leading slash; null where there is none.</summary>
    public AccessOperation? Search(string path)
    {
        Node? node = _root;
        var segments = Segments(path);
        for (var i = 0; i < segments.Length; i++)
        {
            var isEnd = i == segments.Length - 1;
            node = node.Find(segments[i], isEnd);
            if (node is null)
            {
                return null;
            }
            if (node.Operation is not null)
            {
                if (isEnd || node.Segment != One)
                {
                    return node.Operation;
                }
            }
            else if (isEnd)
            {
                return node.Find(One, isEnd)?.Operation;
            }
        }
        return null;
    }

    private static string[] Segments(string path) => path.ToLowerInvariant()[1..].Split('/');

    private sealed class Node(string segment)
    {
        // Written by a file's author and matched against what callers send: without backtracking, so that neither can make it slow.
        private readonly Regex? _pattern = segment.Contains('*')
            ? new Regex(
                $"^{Regex.Escape(segment).Replace(@"\*", ".*", StringComparison.Ordinal)}\\z",
                RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant)
            : null;

        public string Segment { get; } = segment;

        public AccessOperation? Operation { get; set; }

        public List<Node> Below { get; } = [];

        public Node? Find(string segment, bool isEnd) => Below.Find(n =>
            n.Segment == segment || (n.Segment == One ? isEnd : n._pattern?.IsMatch(segment) == true));
    }
}
