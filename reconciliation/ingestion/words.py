"""The words banks and ledgers use in headers, totals and flags, in the languages they are written in."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Header words by role; "rate", "fee", "tax", "foreign" … are roles that keep a column from being money.
_HEADER_WORDS: dict[str, str] = {
    "date": """date|booking date|posting date|posted date|transaction date|trans date|entry date|date posted|
        date processed|completed date|journaldate|journal date|gl date|doc date|datum|buchungstag|buchungsdatum|
        buchung|belegdatum|boekdatum|boekingsdatum|datum verrichting|uitvoeringsdatum|transactiedatum|fecha|
        fecha operación|fecha operacion|fecha contable|f operación|date opération|date operation|
        date de l opération|date comptable|date de comptabilisation|data|data operação|data operazione|
        data contabile|data mov|data lançamento|data do movimento|data transakcji|data operacji|data księgowania|
        bokföringsdag|bokföringsdatum|transaktionsdatum|bokført|bokføringsdato|dato|bogføringsdato|
        kirjauspäivä|päivämäärä|datum provedení|datum zaúčtování|dátum|tranzakció dátuma|könyvelés dátuma|
        datum knjiženja|tarih|işlem tarihi|дата|дата операции|дата совершения операции|дата проводки|дата транзакции|
        ημερομηνία|日期|交易日期|记账日期|交易时间|記帳日期|取引日|日付|年月日|お取引日|거래일|거래일자|거래일시|transaction time|created|
        creation date|time|datetime|timestamp|date created|operation date""",
    "value_date": """value date|value|valuta|valutadatum|wertstellung|wertstellungsdatum|wert|valuta datum|rentedatum|
        date valeur|date de valeur|valeur|fecha valor|f valor|data valuta|data valor|data waluty|valutadag|
        rentedato|valuteringsdato|arvopäivä|értéknap|datum valute|valör|valör tarihi|дата валютирования|
        дата обработки|起息日|起算日|effective date|settlement date|due date|datum verrekening|cleared date""",
    "amount": """amount|amt|transaction amount|value amount|sum|betrag|umsatz|buchungsbetrag|betrag eur|bedrag|bedrag eur|
        montant|montant eur|importe|importe eur|cantidad|monto|importo|valor|montante|kwota|kwota operacji|belopp|
        beløb|beløp|summa|määrä|částka|zaúčtovaná částka|částka czk|suma|összeg|tranzakció összege|iznos|tutar|
        işlem tutarı|сумма|сумма операции|сумма в валюте счета|сумма в валюте счёта|сума|ποσό|金额|交易金额|发生额|
        金額|取引金額|금액|거래금액|inflow|net|net amount|netto|neto|amount local|local amount|functional amount|umsatz soll haben|
        amount net|value gbp|total|brutto|gross|importe neto|statement lines amount""",
    "debit": """debit|debits|debit amount|debit amt|dr|withdrawal|withdrawals|withdrawal amt|paid out|money out|payments|
        payment|outflow|out|charge|charges|soll|belastung|lastschrift|ausgabe|ausgaben|ausgang|af|debet|uitgaven|débit|
        débits|sortie|cargo|cargos|debe|adeudo|addebito|addebiti|dare|uscite|débito|débitos|saída|saídas|
        obciążenia|wydatki|uttag|utgift|ut|ut fra konto|debetbelopp|velat|výdaj|na vrub|terhelés|
        duguje|isplata|borç|çıkan|расход|дебет|списание|сумма списания|χρέωση|支出|借方|借方金额|支出金额|借方发生额|
        出金|お引出し|お支払金額|引出金額|支払金額|출금|출금액|출금금액|찾으신금액|spend|net debit|debit nc|debit base""",
    "credit": """credit|credits|credit amount|credit amt|cr|deposit|deposits|deposit amt|paid in|money in|receipts|
        receipt|inflow|in|haben|gutschrift|einnahme|einnahmen|eingang|bij|credit bedrag|inkomsten|crédit|crédits|entrée|
        abono|abonos|haber|ingreso|ingresos|accredito|accrediti|avere|entrate|crédito|créditos|entrada|entradas|
        uznania|wpływy|insättning|inkomst|inn|inn på konto|hyvitys|příjem|ve prospěch|jóváírás|
        potražuje|uplata|alacak|giren|приход|кредит|зачисление|поступление|сумма зачисления|πίστωση|收入|贷方|贷方金额|
        收入金额|存入|贷方发生额|入金|お預入れ|お預り金額|預入金額|입금|입금액|입금금액|맡기신금액|received|net credit|credit nc|amount2""",
    "flag": """d c|dc|dr cr|cr dr|debit credit|debit credit indicator|type|transaction type|sign|credit debit|soll haben|
        soll haben kennzeichen|s h|sh|af bij|bij af|debet credit|sens|debe haber|d h|segno|d k|kierunek|bevétel kiadás|
        направление|收支|收 支|借贷|借贷标志|收支类型|入出金区分|direction|indicator|cdtdbtind|ausgabe einnahme|
        einnahme ausgabe|art""",
    "balance": """balance|running balance|running bal|closing balance|balance after|account balance|saldo|kontostand|
        saldo nach buchung|saldo na trn|saldo na mutatie|solde|saldo final|saldo contabile|stan konta|saldo po operacji|
        saldo disponible|saldo contable|zůstatek|zostatok|egyenleg|stanje|bakiye|остаток|баланс|остаток на счете|
        υπόλοιπο|余额|账户余额|結餘|残高|差引残高|お取引後残高|잔액|거래후잔액|available balance|behållning|balance base""",
    "currency_column": """currency|ccy|curr|currency code|währung|waehrung|munt|valuta code|muntsoort|devise|moneda|divisa|moeda|
        waluta|mena|měna|měna účtu|pénznem|devizanem|para birimi|döviz|валюта|валюта операции|валюта счета|
        币种|货币|通貨|통화|transaction currency|net currency|buchungswährung|account currency""",
    "account_column": """account|account name|account no|account number|account code|accountname|gl account|ledger account|konto|
        kontonummer|kontobezeichnung|auftragskonto|sachkonto|rekening|grootboekrekening|compte|numéro de compte|
        cuenta|conto|conta|konto księgowe|účet|hesap|счет|счёт|科目|会计科目|勘定科目|계정과목|acct|acct no|acct""",
    "reference": """reference|reference no|reference number|ref|ref no|ref number|transaction id|transaction reference|
        transactiereferentie|transaction no|journal number|journal no|journal id|invoice|invoice no|invoice number|
        document|document no|doc no|document number|voucher|voucher no|num|number|cheque|cheque no|check no|
        check number|chq ref no|belegnummer|beleg|belegfeld 1|referenz|kundenreferenz|referentie|volgnr|référence|
        numéro|referencia|riferimento|referência|documento|nº documento|numer referencyjny|viitteet|viite|
        variabilní symbol|vs|reference id|номер документа|референс|референс проводки|код авторизации|
        流水号|交易流水号|凭证号|参考号|照会番号|整理番号|psp reference|merchant reference|id|bank reference|
        end to end id|customer reference|fitid|source id|entry no|entry number|batch""",
    "description": """description|details|detail|memo|narration|narrative|particulars|transaction details|transaction description|
        transaction|remarks|note|notes|text|label|buchungstext|verwendungszweck|umsatztext|beschreibung|
        transaktionsbeschreibung|omschrijving|mededelingen|mededeling|vrije mededeling|libellé|libelle|
        détails|objet|communication|concepto|descripción|descripcion|observaciones|movimiento|descrizione|
        causale|descrição|descricao|histórico|opis|opis operacji|tytuł|tytułem|beskrivning|tekst|beskrivelse|
        forklaring|selitys|viesti|popis|poznámka|zpráva|zpráva pro příjemce|közlemény|leírás|opis transakcije|
        açıklama|описание|описание операции|назначение платежа|примечание|содержание|αιτιολογία|περιγραφή|
        摘要|备注|说明|用途|交易摘要|摘要内容|お取引内容|内容|適要|적요|내용|거래내용|statement lines label|message|
        product|comment|comments|journal description|line description|payment details|vwz1|vwz2|vwz3|item|items""",
    "counterparty": """payee|counterparty|beneficiary|name|payer|merchant|vendor|customer|payer payee|empfänger|
        beguenstigter zahlungspflichtiger|begünstigter zahlungspflichtiger|name zahlungsbeteiligter|auftraggeber|
        auftraggeber empfänger|auftraggeber begünstigter|zahlungsempfänger|zahlungsempfänger in|
        zahlungspflichtige r|gegenpartei|naam tegenpartij|naam|tegenpartij|bénéficiaire|tiers|beneficiario|ordenante|
        contraparte|controparte|beneficiário|nadawca odbiorca|kontrahent|motpart|mottaker|saaja|saaja maksaja|
        název protiúčtu|partner neve|partner|protistrana|alıcı|контрагент|получатель|плательщик|
        对方户名|对方名称|交易对方|対方|相手先|お取引先|예금주|보낸분받는분|거래처|customer payee|other party|handelaar|statement lines partner""",
    "kind": """kind|type|transaction type|tran type|transaction code|code|category|booking type|journal|umsatztyp|umsatzart|
        buchungsart|transaktionstyp|kategorie|mutatiesoort|soort|type d opération|nature|tipo|tipologia|
        tipo operazione|typ transakcji|typ|rodzaj|tyyppi|laji|typ transakce|tranzakció típusa|işlem türü|тип операции|
        категория|交易类型|業務種類|取引区分|거래구분|entry type|record type|payment method|sub type""",
    "status": """status|state|transaction status|stato|estado|statut|состояние|статус|状态|交易状态|当前状态|상태|info""",
    "fee": """fee|fees|gebühr|gebühren|entgelt|kosten|kosten op verrichting|frais|comisión|tarifa|commission|commissione|
        provize|poplatek|díj|комиссия|手续费|手数料|수수료|comisión tarifa|surcharge|markup|interchange|scheme fees""",
    "tax": """tax|vat|gst|mwst|ust|steuer|btw|tva|iva|impuesto|imposta|moms|dph|áfa|ндс|税额|税|消費税|sales tax|
        steuerbetrag|mwst satz|ust satz|mwst betrag|tax amount|tax rate""",
    "gross": """gross|gross amount|brutto|bruttobetrag|bruto|importe bruto|gross debit|gross credit|total|brut|lordo""",
    "net": """net|net amount|netto|nettobetrag|neto|net debit|net credit|importe neto|total net""",
    "foreign": """original amount|foreign amount|foreign currency amount|betrag fremdwährung|fremdwährung|originalbetrag|
        originalwährung|původní částka|původní částka a měna|сумма в валюте операции|валюта операции|amount in
        original currency|transaction amount foreign|amount currency|local currency amount|amount foreign|
        statement lines amount currency|statement lines currency|exchange to amount|originalbetrag|basis umsatz""",
    "rate": """rate|exchange rate|fx rate|wechselkurs|kurs|koers|umrechnungskurs|taux|tipo de cambio|cambio|
        kurz|árfolyam|курс|汇率|レート|환율|percent|percentage|prozent|satz""",
    "quantity": """quantity|qty|menge|anzahl|aantal|count|units|数量|количество|year|month|day|hour|line|line no|row|#|no""",
    "starting": """starting balance|opening balance|ending balance|anfangssaldo|endsaldo|saldo inicial|shipping|
        shipping refund|gift|refund|shipping and handling amount|insurance amount|cashback|discount|original payment amount""",
}

_BY_PHRASE: dict[str, list[str]] = {}
for _role, _text in _HEADER_WORDS.items():
    for _phrase in _text.split("|"):
        _BY_PHRASE.setdefault(" ".join(_phrase.split()), []).append(_role)

#: The first words of rows that sum up or carry over and are no bookings.
TOTAL_WORDS = re.compile(
    r"^\W*(grand |sub[- ]?|net )?(totals?|totaal|totale|totaux|summe|gesamt\w*|insgesamt|suma|suma končna|"
    r"somme|итого|всего|合计|总计|合計|小計|小计|합계|toplam|celkem|összesen|razem|yhteensä|summa)\b|"
    r"^\W*(total)\s|"
    r"^\W*(opening|closing|starting|ending|beginning|previous|final|current|available|ledger) balance|"
    r"balance (brought |carried )?forward(ed)?|balance b/?f|balance c/?f|^\W*balance (at|as at|as of)\b|"
    r"^\W*(anfangs|end|start|schluss)saldo|^\W*saldo (inicial|final|iniziale|finale|początkowe|końcowe|"
    r"anterior|actual|al|am|per|van|vom)\b|^\W*(neuer|alter|vorheriger) (saldo|kontostand)|"
    r"^\W*solde (initial|final|au|précédent|de)\b|^\W*(kontostand|beginsaldo|eindsaldo|ingående saldo|"
    r"utgående saldo|turnover|umsätze gesamt)|"
    r"^\W*(počáteční|konečný) zůstatek|^\W*(nyitó|záró) egyenleg|входящий остаток|исходящий остаток|"
    r"^\W*(期初|期末)余额|^\W*(前期繰越|次期繰越|繰越)|^\W*(açılış|kapanış) bakiye",
    re.IGNORECASE,
)

#: A whole cell that names a balance or a turnover: such a row is none even with a date and an amount.
BALANCE_ROW = re.compile(
    r"\W*((opening|closing|starting|ending|beginning|previous|final) balance|balance (brought |carried )?"
    r"forward(ed)?|turnover|(anfangs|end|start|schluss)saldo|saldo (inicial|final|iniziale|finale|anterior|"
    r"początkowe|końcowe)|solde (initial|final|précédent)|begin ?saldo|eind ?saldo|ingående saldo|utgående saldo|"
    r"(počáteční|konečný) zůstatek|(nyitó|záró) egyenleg|входящий остаток|исходящий остаток|[期]初余额|期末余额|"
    r"前期繰越|次期繰越|açılış bakiyesi|kapanış bakiyesi)\W*",
    re.IGNORECASE,
)

#: Words that say a row is announced but not booked yet.
PENDING_WORDS = re.compile(
    r"^\W*(pending|vorgemerkt|umsatz vorgemerkt|in process|processing|в обработке|en attente|pendiente|"
    r"in attesa|em processamento|oczekując\w*|hold|authori[sz]ed|nicht gebucht|(\S*-)?cancell?ed)\W*$",
    re.IGNORECASE,
)

IN_WORDS = frozenset(
    "c cr crd crdt credit credits h haben k kredit kredyt bij in i inflow income deposit money in incoming "
    "crédit crédito credito haber abono avere gutschrift einnahme einnahmen eingang zugang вход приход "
    "кредит зачисление 收入 收 贷 贷方 入金 입금 received + alacak příjem bevétel wpływ uznanie".split()
    + ["money in", "paid in"]
)
OUT_WORDS = frozenset(
    "d db dr dbit debit debits s soll debet af out o outflow expense withdrawal outgoing débit débito "
    "addebito debe cargo dare lastschrift belastung ausgabe ausgaben ausgang abgang расход дебет списание "
    "支出 支 借 借方 出金 출금 paid sent - borç výdaj kiadás wydatek obciążenie".split()
    + ["money out", "paid out"]
)


def clean_header(text: str) -> str:
    """Return a header without case, marks and doubled spaces: “Betrag (EUR) ” → "betrag eur"."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[^\w#]+|_", " ", plain).split())


@lru_cache(maxsize=4096)
def roles_of_header(text: str) -> dict[str, float]:
    """Return how strongly a header text speaks for each role: 3 the whole of it, 2 its head, 1 a part."""
    header = clean_header(text)
    scores: dict[str, float] = dict.fromkeys(_BY_PHRASE.get(header, ()), 3.0)
    if scores or not header:
        return scores
    words = header.split()
    for size in range(min(len(words), 6), 0, -1):
        for start in range(len(words) - size + 1):
            phrase = " ".join(words[start : start + size])
            strength = (2.0 if start == 0 else 1.0) + 0.1 * size
            for role in _BY_PHRASE.get(phrase, ()) if len(phrase) > 1 or size == len(words) else ():
                scores[role] = max(scores.get(role, 0.0), strength)
    if not scores and not header.isascii():
        scores = _part_of_unspaced(header)
    return scores


def _part_of_unspaced(header: str) -> dict[str, float]:
    """Look for known words inside a header written without spaces (Chinese, Japanese, Korean)."""
    found: dict[str, float] = {}
    for phrase, roles in _BY_PHRASE.items():
        if len(phrase) >= 2 and not phrase.isascii() and phrase in header:
            for role in roles:
                found[role] = max(found.get(role, 0.0), 1.0 + 0.2 * len(phrase))
    return found


def knows_word(text: str) -> bool:
    """Tell whether a word with non-ASCII letters occurs in the header dictionary."""
    word = clean_header(text)
    return len(word) >= 3 and not word.isascii() and word in _SINGLE_WORDS


_SINGLE_WORDS = {word for phrase in _BY_PHRASE for word in phrase.split()}
