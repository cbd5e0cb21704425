using System.Text.Json;

namespace Sidecar.PubSub.Cel;

/// <summary>The kind of a value.</summary>
internal enum CelKind
{
    /// <summary>Evaluation failed, for example for a missing key; most operators pass it on.</summary>
    Error,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary>A boolean.</summary>
    Bool,

    /// <summary>A 64-bit integer.</summary>
    Int,

    /// <summary>A floating point number; every number of an event is one, as in Dapr.</summary>
    Double,

    /// <summary>A string.</summary>
    String,

    /// <summary>A list that the expression wrote.</summary>
    List,

    /// <summary>An object or array of the event.</summary>
    Json,
}

/// <summary>
/// A value during evaluation. Errors are values, not exceptions: CEL's <c>&amp;&amp;</c> and <c>||</c> can absorb
/// them, and rules that fail for most messages must stay cheap.
/// </summary>
internal readonly struct CelValue
{
    private readonly object? _object;
    private readonly double _number;
    private readonly long _integer;
    private readonly JsonElement _json;

    private CelValue(
        CelKind kind, object? value = null, double number = 0, long integer = 0, JsonElement json = default)
    {
        Kind = kind;
        _object = value;
        _number = number;
        _integer = integer;
        _json = json;
    }

    /// <summary>What it is.</summary>
    public CelKind Kind { get; }

    /// <summary><c>null</c>.</summary>
    public static CelValue Null { get; } = new(CelKind.Null);

    /// <summary>The boolean.</summary>
    public bool Bool => _integer != 0;

    /// <summary>The integer.</summary>
    public long Int => _integer;

    /// <summary>The number, of an integer too.</summary>
    public double Double => Kind == CelKind.Int ? _integer : _number;

    /// <summary>The string, or an error's message.</summary>
    public string Text => (string)_object!;

    /// <summary>The elements of a written list.</summary>
    public IReadOnlyList<CelValue> List => (IReadOnlyList<CelValue>)_object!;

    /// <summary>The object or array.</summary>
    public JsonElement Json => _json;

    /// <summary>True for an error.</summary>
    public bool IsError => Kind == CelKind.Error;

    /// <summary>True for a number of either kind.</summary>
    public bool IsNumber => Kind is CelKind.Int or CelKind.Double;

    /// <summary>A failure.</summary>
    public static CelValue Error(string message) => new(CelKind.Error, message);

    /// <summary>A boolean.</summary>
    public static CelValue Of(bool value) => new(CelKind.Bool, integer: value ? 1 : 0);

    /// <summary>An integer.</summary>
    public static CelValue Of(long value) => new(CelKind.Int, integer: value);

    /// <summary>A number.</summary>
    public static CelValue Of(double value) => new(CelKind.Double, number: value);

    /// <summary>A string.</summary>
    public static CelValue Of(string value) => new(CelKind.String, value);

    /// <summary>A list.</summary>
    public static CelValue Of(IReadOnlyList<CelValue> value) => new(CelKind.List, value);

    /// <summary>A part of the event.</summary>
    public static CelValue Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => Of(json.GetBoolean()),
        JsonValueKind.Number => Of(json.GetDouble()),
        JsonValueKind.String => OfString(json),
        JsonValueKind.Object or JsonValueKind.Array => new(CelKind.Json, json: json),
        _ => Null,
    };

    private static CelValue OfString(JsonElement json)
    {
        try
        {
            return Of(json.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return Error("a string that is not valid text");
        }
    }
}
