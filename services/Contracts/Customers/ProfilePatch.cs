using System.Text.Json;

namespace Contracts.Customers;

/// <summary>
/// Checks a JSON merge patch (RFC 7396) of a customer profile: named members are set, null removes, what is not named stays. A credit limit
/// cannot be removed: nothing says what would stand in its place.
/// </summary>
public static class ProfilePatch
{
    /// <summary>What is wrong with a patch, by field; empty where nothing is.</summary>
    public static Dictionary<string, string[]> Validate(string customerId, JsonElement patch)
    {
        var errors = new FieldErrors();
        errors.CheckId("customerId", customerId);
        CheckMembers("", patch, ProfileFields.All, errors, (name, value) => CheckField(name, value, errors));
        return errors.ToDictionary();
    }

    /// <summary>What is wrong with the value that is to end a conflict, by field; empty where nothing is.</summary>
    public static Dictionary<string, string[]> ValidateResolution(string customerId, string field, JsonElement value)
    {
        var errors = new FieldErrors();
        errors.CheckId("customerId", customerId);
        if (!ProfileFields.All.Contains(field))
        {
            errors.Add("field", $"'{FieldErrors.Shorten(field)}' is no field; use one of: {string.Join(", ", ProfileFields.All)}.");
        }
        else if (value.ValueKind == JsonValueKind.Undefined)
        {
            errors.Add("value", "A value is required; null removes the field's value.");
        }
        else
        {
            CheckField(field, value, errors);
        }

        return errors.ToDictionary();
    }

    private static void CheckField(string field, JsonElement value, FieldErrors errors)
    {
        switch (field)
        {
            case ProfileFields.CreditLimitCents when value.ValueKind == JsonValueKind.Null:
                errors.Add(field, "null: a credit limit cannot be removed; set another one.");
                break;
            case ProfileFields.CreditLimitCents when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var cents):
                errors.CheckRange(field, cents, 0, RequestLimits.CreditLimitCentsMax);
                break;
            case ProfileFields.CreditLimitCents:
                errors.Add(field, $"{Shown(value)} is not a whole number from 0 to {RequestLimits.CreditLimitCentsMax}.");
                break;
            case var _ when value.ValueKind == JsonValueKind.Null:
                break;
            case ProfileFields.ShippingAddress or ProfileFields.BillingAddress:
                CheckMembers(field, value, ProfileFields.AddressMembers, errors, (name, v) => CheckText($"{field}.{name}", name, v, errors));
                break;
            default:
                CheckText(field, field, value, errors);
                break;
        }
    }

    private static void CheckMembers(
        string field, JsonElement value, IReadOnlyList<string> known, FieldErrors errors, Action<string, JsonElement> check)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(field.Length == 0 ? "body" : field, $"{Shown(value)} is not an object with members such as {string.Join(", ", known)}.");
            return;
        }

        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var name = TryRead(() => member.Name);
            var shown = FieldErrors.Shorten(name ?? "?");
            var path = field.Length == 0 ? shown : $"{field}.{shown}";
            if (name is null || !known.Contains(name))
            {
                errors.Add(path, $"'{shown}' is not known here; use: {string.Join(", ", known)}.");
            }
            else if (!named.Add(name))
            {
                // Readers of JSON differ in which of them they take (RFC 8259, section 4).
                errors.Add(path, $"'{shown}' is named more than once; name it once.");
            }
            else
            {
                check(name, member.Value);
            }
        }
    }

    private static void CheckText(string path, string name, JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (value.ValueKind != JsonValueKind.String || TryRead(value.GetString) is not { } text)
        {
            errors.Add(path, $"{Shown(value)} is not a text.");
            return;
        }

        switch (name)
        {
            case ProfileFields.Email when !IsEmail(text):
                errors.Add(path, $"'{FieldErrors.Shorten(text)}' is no e-mail address such as ann@example.com, of up to {RequestLimits.EmailCharsMax} characters.");
                break;
            case ProfileFields.PostalCode when text.Length > RequestLimits.PostalCodeCharsMax:
                errors.Add(path, $"{text.Length} characters are more than the {RequestLimits.PostalCodeCharsMax} allowed.");
                break;
            case ProfileFields.Country when text.Length != 2 || !text.All(char.IsAsciiLetterUpper):
                errors.Add(path, $"'{FieldErrors.Shorten(text)}' is no country code of two capital letters, such as DE (ISO 3166-1 alpha-2).");
                break;
            case ProfileFields.Email:
                break;
            default:
                errors.CheckText(path, text);
                break;
        }
    }

    // No more than that: only a message that arrives shows that an address exists.
    private static bool IsEmail(string text)
    {
        var at = text.IndexOf('@');
        return at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1 && text.Length <= RequestLimits.EmailCharsMax
            && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '<' or '>' or ',' or ';');
    }

    private static string Shown(JsonElement value) => TryRead(value.GetRawText) is { } text ? FieldErrors.Shorten(text) : "Something that is not UTF-8";

    // JSON may hold half a surrogate pair (RFC 8259, section 8.2), or bytes that are no UTF-8, which is no text.
    private static string? TryRead(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
