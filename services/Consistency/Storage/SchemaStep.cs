using System.Reflection;

namespace Consistency.Storage;

/// <summary>One step of a database's schema: applied once, in order, and never changed afterwards.</summary>
/// <param name="Name">Unique and stable, for example <c>orders/001</c>.</param>
/// <param name="Sql">Statements.</param>
public sealed record SchemaStep(string Name, string Sql)
{
    /// <summary>The kernel's own tables; every service applies them first.</summary>
    public static IReadOnlyList<SchemaStep> Kernel { get; } = FromResources(typeof(SchemaStep).Assembly, "kernel");

    /// <summary>The <c>Schema/NNN*.sql</c> files embedded in <paramref name="assembly"/>, in order of their names.</summary>
    public static IReadOnlyList<SchemaStep> FromResources(Assembly assembly, string prefix) =>
    [
        .. assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => new SchemaStep($"{prefix}/{n}", Read(assembly, n))),
    ];

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
