using Consistency.Conflicts;

namespace Consistency.Replication;

/// <summary>Names of policies in configuration, answers and the log.</summary>
public static class PolicyNames
{
    private static readonly Dictionary<string, FieldPolicy> ByName = new(StringComparer.Ordinal)
    {
        ["lww"] = FieldPolicy.Lww,
        ["merge"] = FieldPolicy.Merge,
        ["manual"] = FieldPolicy.Manual,
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> All => ByName.Keys;

    /// <summary>The name.</summary>
    public static string Of(FieldPolicy policy) => ByName.First(p => p.Value == policy).Key;

    /// <summary>The policy, or false where there is none of that name.</summary>
    public static bool TryRead(string name, out FieldPolicy policy) => ByName.TryGetValue(name, out policy);
}
