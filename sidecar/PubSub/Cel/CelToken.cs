namespace Sidecar.PubSub.Cel;

/// <summary>What a token is.</summary>
internal enum CelTokenKind
{
    /// <summary>The end of the expression.</summary>
    End,

    /// <summary>A name; also <c>true</c>, <c>false</c>, <c>null</c>, <c>in</c>.</summary>
    Name,

    /// <summary>A whole number.</summary>
    Int,

    /// <summary>A number with fraction or exponent.</summary>
    Double,

    /// <summary>A string, unquoted and unescaped.</summary>
    String,

    /// <summary>An operator or a bracket.</summary>
    Symbol,
}

/// <summary>A token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string, the value.</param>
/// <param name="Position">Where it begins, counted from 0.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, int Position)
{
    /// <summary>True if it is this operator or bracket.</summary>
    public bool IsSymbol(string symbol) => Kind == CelTokenKind.Symbol && Text == symbol;

    /// <summary>How it is named in an error.</summary>
    public string Display => Kind == CelTokenKind.End ? "the end" : $"'{Text}'";
}
