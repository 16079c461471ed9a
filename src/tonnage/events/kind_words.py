"""Words that name types and stages of events, and lean a date ahead or back, in all languages. Data only."""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "ACT_AFTER",
    "ACT_BEFORE",
    "AHEAD",
    "AHEAD_AFTER",
    "ANNOUNCED",
    "ANNOUNCED_THEN",
    "BEGINS",
    "BREAK",
    "BY",
    "CONJUNCTION",
    "CUSTOMS",
    "EFFECTIVE_AFTER",
    "EFFECTIVE_BEFORE",
    "EFFECTIVE_NEAR",
    "FROM_DAY",
    "FURNITURE",
    "HARD_BREAK",
    "IMMEDIATE",
    "JUST_ANNOUNCED",
    "LEANS",
    "LEANS_AFTER",
    "LEGAL",
    "MEASURES",
    "NOT_YET",
    "OF_DAY",
    "PAST",
    "SCHEDULED",
    "SECOND_HAND",
    "SOURCES",
    "SPAN",
    "SPLIT",
    "SPOKEN",
    "STAGES",
    "STATISTICAL",
    "SUPERLATIVE_SINCE",
    "TELLING",
    "TELLING_HEAD",
    "THAT",
    "UNTIL_AFTER",
    "UNTIL_BEFORE",
]

SPOKEN: Final = re.compile(
    r"(?i:\bspokes(?:man|woman|person)\b|\btold (?:reporters|parliament|the Diet)|\bremark\w*|\bregular (?:press )?(?:briefing|conference)|"
    r"\burg(?:ed|es|ing)\b|\bwarn(?:ed|s|ing)\b|\bcriticiz?s?ed\b|\bcondemn\w*|\bcall(?:ed|s) (?:on|for|the)\b|\bwelcom(?:ed|es)\b|\bconcern(?:s|ed)?\b|\baccus(?:ed|es)\b|\bdeplor\w+|"
    r"\bwarnte\w*|\bkritisier\w+|\bforder(?:te|n)\w*|\bverurteil\w+|\badvirti\w+|\bcritic[óo]\w*|\bcriticaron|\binst[óo]\b|\bexigi(?:ó|eron|u|ram)\b|\bcritiqu\w+|\bdénonc\w+|\bappel[ée]\w* à|\balert(?:ou|aram)|\bcriticou|\bcobrou|"
    r"\bsprecher\w*|\bportavoz|\bporte-parole|porta-voz|phát ngôn|kêu gọi|chỉ trích|cảnh báo)|发言人|發言人|例行|記者会|報道官|報道局|官房長官|대변인|批判し|批判した|懸念|遺憾|敦促|呼吁|呼籲|批评|批評|비판|촉구|우려|경고"
)

#: Stage -> words, in the order they are tried. Distances are not weighed: they are words of the date's clause.
STAGES: Final[dict[str, str]] = {
    "denied": r"(?i:\bden(?:y|ies|ied|ial)\b|\bdementi\w*|\bbestritt\w*|\bnegó\b|\bniega\b|\bdément\w*|\bnegou\b|bác bỏ|phủ nhận)|否认|否認|否定し|부인",
    "considered": r"(?i:\bconsider(?:s|ed|ing)?\b|\bweigh(?:s|ed|ing)?\b|\bmull\w*|\bponder\w*|\bthinking (?:about|of)|\bstudying\b|\bexplor\w+|\bthreat\w*|\berwäg\w*|\bprüf(?:t|e|en)\b|\bestudia\w*|\bbaraja\w*|\bsopesa\w*|\bconsidera\w*|\benvisag\w*|\bétudi\w*|\bcogita\w*|\bavalia\w*|cân nhắc|xem xét|\bfor (?:public )?comments?\b|\bdraft\b)|征求意见|徵求意見|意見募集|考虑|考慮|研议|研議|検討|검토",
    "amended": r"(?i:\bamend\w*|\brevis(?:e|ed|es|ing) (?:the|its)|\bextend(?:s|ed|ing)?\b|\bprolong\w*|\bverlänger\w*|\bgeändert|\bmodific\w*|\bprorrog\w*|\bampli[aóo]\w*|\bmodifi\w*|sửa đổi|gia hạn)|修订|修訂|延长|延長|延ば|改正|개정|연장",
    "lifted": r"(?i:\bd(?:o|oes|oing|one|id) away with|\bend(?:s|ed|ing)? (?:its|the|a) (?:\w+ ){0,3}(?:bans?|quotas?|curbs?|controls?|restrictions?|dut|tax)|\blift(?:s|ed|ing)?\b|\bscrapp?(?:s|ed|ing)?\b(?= (?:the|its|export|quota|ban|a))|\babolish\w*|\brevok\w*|\bremov\w+|\bdropp?(?:ed|s|ing)? (?:the |its |export )?(?:quota|ban|dut|tax|curb)\w*|\brepeal\w*|\bagain\b|\baufgehoben|\baufheb\w*|\babgeschafft|\blevant\w*|\belimin\w+|\blev[ée]\w*|\bsupprim\w*|\brevog\w*|\bsuspendeu a proib|\blaps(?:e|es|ed)\b|bãi bỏ|dỡ bỏ)|取消|解除|废除|廢除|撤廃|撤销|撤銷|해제|철폐|폐지",
    "suspended": r"(?i:\bsuspend(?:s|ed|ing)?\b|\bsuspension\b|\bpaus(?:e|es|ed|ing)\b|\bput on hold|\bshelv\w+|\bausgesetzt|\bsetzt\b[^.]{0,80}\baus\b|\baussetz\w*|\bausset\w*|\bsuspend\w+|\bsuspens\w+|\bpausa\b|\bgel[ée]\w*|đình chỉ|tạm dừng|tạm ngừng)|暂停|暫停|中止|一時停止|停止(?:实施|實施|適用|する|し)|凍結|유예|중단",
    "resumed": r"(?i:\bresum\w*|\brestart\w*|\bwieder ?auf\w*|\breanud\w*|\brepr(?:ise|endre|is)\b|\bretom\w*|nối lại)|恢复|恢復|再開|재개",
}

EFFECTIVE_BEFORE: Final = re.compile(
    r"(?i:\b(?:from|effective(?: from| on| as of)?|start(?:s|ing|ed)?(?: on| from)?|begin(?:s|ning)?(?: on| from)?|began(?: on)?|(?:first )?imposed(?: on| in)?|as of|as from|"
    r"in (?:force|effect|place)(?: since| from| on| as of)?|(?:tak(?:e|es|ing)|took|taken) effect(?: on| from| in)?|(?:came|come|comes|coming|go|goes|went|entered?|"
    r"enters|entering|put|puts) into (?:force|effect)(?: on| from| in)?|since|kick(?:s|ed)? in(?: on)?|(?:go|goes|went) live(?: on)?|bites?(?: from| on)?|(?:comes?|came) in(?: on)?|appl(?:y|ies|ied)(?: from| on| as of)?|"
    r"implemented(?: on| from)?|(?:moved|brought forward|postponed|delayed|pushed back)(?: up| forward)?(?: by [\w ]{2,20},?)? (?:to|until)|ab(?: dem)?|seit(?: dem)?|in kraft(?: seit| ab)?|tritt am|trat am|traten am|treten am|gilt ab|gelten ab|zum|a partir del?(?: día)?|"
    r"desde(?: el)?|entr(?:ó|ará|a|aron|arán) en vigor(?: el| en)?|vigente desde(?: el)?|à (?:partir|compter) du|dès(?: le)?|"
    r"depuis(?: le)?|entr(?:é|ée|és|e|era|ent|ées|eront) en vigueur(?: le| en)?|entr(?:ou|a|ará|am|aram) em vigor(?: em| no)?|"
    r"có hiệu lực(?: từ)?(?: ngày)?|từ(?: ngày)?|kể từ(?: ngày)?)(?: the| the start of| early| mid)?)[ :]?$|(?:自|從|从|由)$"
)

EFFECTIVE_AFTER: Final = re.compile(
    r"[)\s]{0,2}(?:(?i:,? (?:takes?|took) effect|,? in kraft|,? en vigor|,? en vigueur|,? onwards?\b)|"
    r"(?:、?に?(?:始ま|開始|発動|導入|施行|発効)|起|开始|開始|から|以降|以後|以后|より(?!も)|부터|正式(?:实施|實施|生效)|生效|实施|實施|施行|発効|付で|付け(?:で|から)|시행|발효))"
)

EFFECTIVE_NEAR: Final = re.compile(
    r"(?i:\b(?:takes?|took|taking|taken) effect|\binto (?:force|effect)|\bin (?:force|effect)\b|\bhad stopped|\b(?:halted|stopped) (?:all |the |its )?(?:exports?|shipments?)|\bhas stopped|\bhad halted|\bha[sd] been (?:suspended|stopped|halted|banned|barred|blocked|forbidden|prohibited)|\bin kraft|\ben vigor|"
    r"\ben vigueur|\bem vigor|có hiệu lực)|生效|实施|實施|施行|発効|시행|발효|正式"
)

UNTIL_BEFORE: Final = re.compile(
    r"(?i:\b(?:until|through|till|up to|expir(?:e|es|ed|ing|y)(?: on)?|ends?(?: on)?|run(?:s|ning)? (?:to|through|until)|lasts? (?:to|through|until)|"
    r"bis(?: zum)?|hasta(?: el)?|jusqu'(?:au|en|à)|até(?: o)?(?: dia)?|đến(?: ngày| hết ngày)?)(?: at least| the end of)?) ?$|(?:至|到|截至|持续到|持續到|直至|直到)$"
)

UNTIL_AFTER: Final = re.compile(r"\s?(?:まで|까지|为止|為止|到期|期滿|期满|失效|に失効)")

SCHEDULED: Final = re.compile(
    r"(?i:\bplann?ed (?:for|to)|\bschedul\w*|\bdue\b|\bset for\b|\bslated\b|\bexpected\b|\bsupposed to\b|\bwill be (?:released|published|issued)|\bis to be|"
    r"\bto be (?:released|published)|\bcomes? out\b|\bfollows?\b on|\bwill (?:follow|come|publish|release|meet|hold|host)\b|\bsollen?\b|\bgeplant|\bwird .{0,30}(?:veröffentlich|erwartet)|"
    r"\bprevist[oa]s?\b|\bprev[éê]n?\b|\bse esperan?\b|\battendue?s?\b|\bexpected\b|\bawaited\b|\bse (?:publicar|conocer)á\w*|\bprévu\w*|\bseront? publi\w+|\bser(?:á|ão) (?:divulgad|publicad)\w+|\bprogramad[oa]|dự kiến|sẽ (?:công bố|được))|"
    r"要等到|将于|將於|將在|将在|预定|預定|予定|公表され(?:る|ます)|발표될|예정|才(?:发布|發布|公布|公佈)|预计|預計"
)

ANNOUNCED: Final = re.compile(
    r"(?i:\bannounc\w*|\bsaid\b|\bsays\b|\bunveil\w*|\bissued\b|\bpublish\w*|\bdeclar\w*|\bordered\b|\bfixed\b|\bset\b|\bdecid\w*|\bconfirm\w*|\bnotice\b|\btold\b|\bdecreed\b|\bdated\b|"
    r"\bankündig\w*|\bangekündigt|\bteilte\b|\bmitgeteilt|\bverkünd\w*|\bsagte\b|\berklär\w*|\bbeschloss\w*|\bbekannt\s?(?:gegeben|gab|gemacht)|\banunci\w*|\bdijo\b|\binform\w*|\bcomunic\w*|\bannonc\w*|\bdéclar\w*|"
    r"\bdisse\b|công bố|thông báo|cho biết)|宣布|公布|公佈|发布|發布|發佈|公告|表示|发表|發表|宣佈|明らかに|発表|公表|表明|予告|예고|밝혔|발표|공고|공시"
)

JUST_ANNOUNCED: Final = re.compile(
    r"(?i:\b(?:brought in|announced(?: by [\w ]{2,24})?|unveiled|issued|introduced|published|declared|angekündigt(?:en|e)?|verkündet(?:en|e)?|anunciad[oa]s?|annoncé(?:e|s|es)?|divulgad[oa]s?)(?: on| in| le| el| en| em| am| im)? "
    r"|\b(?:rules?|measures?|controls?|curbs?|bans?|restrictions?|announcement|notice|decree)(?: of| from| dated) )$"
)

ANNOUNCED_THEN: Final = re.compile(
    r"\s?(?:に)?(?:发布|發布|公布|宣布|発表|発布|出台)(?:的|した|された)|\s?발표한"
)

FROM_DAY: Final = re.compile(r"(?i)\b(?:from|ab|a partir|à partir|desde|từ)\b|起(?!码)|から|부터")

#: "With immediate effect".
IMMEDIATE: Final = re.compile(
    r"(?i:\bimmediate(?:ly)?\b|\bat once\b|\bstraight away|\bmit sofortiger wirkung|\bsofort\w*|\binmediat\w*|\bde inmediato|\bimmédiat\w*|\bavec effet immédiat|"
    r"\bimediat\w*|ngay lập tức|có hiệu lực ngay)|即日|立即|即时|即時|即刻|同日(?:付|から|施行)|直ちに|자로\s?시행|즉시|즉각|当日から|自公布之日|自发布之日|自即日"
)

NOT_YET: Final = re.compile(
    r"(?i:\b(?:no|not|without|isn't|nicht|kein\w*|sin|sans|sem)\b(?: \w+){0,3} (?:immediate|sofort|inmediat|immédiat|imediat))"
)

# Future words that are sure, words that only lean forward, and past words that overrule both.
AHEAD: Final = re.compile(
    r"(?i:\bwill\b|\bis (?:due|set|supposed|scheduled|expected|slated|to)\b|\bare (?:due|set|supposed|scheduled|expected|slated|to)\b|\bdue\b(?! to (?!be\b|take\b|start\b|begin\b|expire\b|end\b))|\b(?:takes?|comes?|goes?|enters?) (?:in(?:to)? )?(?:effect|force)\b|\bcomes? out\b|\bto follow\b|\bnext\b|\b(?:closes|close(?= on)|lapses|expires|begins|starts|ends)\b|"
    r"\bcoming\b|\bgoing to\b|\bplans? to\b|\bwould\b|\bto be released|\bwird\b|\bwerden\b(?! konnten)|\bsoll(?:en)?\b|\btritt\b|\btreten\b|\bentrará\w*|\bserán?\b|\bprev[éê]n?\b|\bse esperan?\b|\besperad[oa]s?\b|\battendue?s?\b|\berwartet\b|\bgeplant\b|\bvorgesehen\b|\bexpected\b|\bawaited\b|\bprevist[oa]s?|\bse publicar\w*|"
    r"\bsera\b|\b\w{2,}(?:eront|iront)\b|\bentrera\b|\bprévu\w*|\bserá\b|\bserão\b|\b\w{3,}(?:ará|erá|irá)n?\b|\b(?:lèvera|interdira|suspendra|prendra|publiera|imposera)\b|\bsẽ\b|\bdự kiến\b)|将(?!军|軍)|將(?!軍)|要等到|预定|預定|予定|される見|発効する|예정|시행된다|발표될"
)

LEANS: Final = re.compile(
    r"(?i:\b(?:from|effective|starting|beginning|to|until|through|till|ab|bis|hasta|a partir|jusqu|à partir|à compter|dès|até|từ|kể từ|đến)\b(?: (?:the|early|mid|late|next|at least|end of|dem|zum|el|del|día|du|au|de|le|ngày|on))* ?)$"
)

LEANS_AFTER: Final = re.compile(
    r"[)\s]{0,2}(?:(?i:in kraft|en vigor|en vigueur|em vigor|takes? effect)|起|开始|開始|から|より|まで|부터|까지|生效|实施|實施|施行|発効|시행|발효)"
)

AHEAD_AFTER: Final = re.compile(
    r"[^。,，、]{0,14}(?:予定(?!だった|されていた)|発効する|施行される|見通し|(?:する|れる|なる|行う|始める|始まる|止める|やめる)(?:と(?=[^。]{0,16}(?:発表|表明|明らか|述べ|伝え|語|説明|決め|決定))|。|」|方針|考え|計画|こと(?=[をにが]))|예정|(?:시행|발표|공개|개최|적용|부과)(?:된다|한다|할)|나온다|열린다|발표될)"
)

PAST: Final = re.compile(
    r"(?i:\b(?:had|was|were|took|came|went|entered|since|has been|have been|imposed|introduced|brought in|began|started|hatte|war|wurde|wurden|trat|traten|seit|"
    r"había|fue|fueron|entró|entraron|desde|avait|était|depuis|foi|foram|entrou|entraram|havia|đã)\b)|(?:した|された|ました|ていた|했|됐|了|已)"
)

BREAK: Final = re.compile(r"[,，、]")

HARD_BREAK: Final = re.compile(r"[;；:：—]|, (?:after|before|while|when|which|who|although)\b")

# Unnamed sources tell of an act; a named newspaper is itself the event.
SOURCES: Final = re.compile(
    r"(?i:sources?|said people familiar|fuentes|selon des sources)|消息人士|関係者|소식통"
)

CUSTOMS: Final = re.compile(
    r"(?i:customs|zoll\w*|aduanas?|douanes?|alfândega|hải quan)|海关|海關|税関|해관|세관"
)

SPLIT: Final = re.compile(r"[,;，；。:：]")

SECOND_HAND: Final = re.compile(
    r"(?i:\bciting\b|\breportedly\b|\baccording to (?:a |the )?(?:report|media|newspaper|sources|people)|\bquoted\b|\bsources? said|\bunter berufung|\blaut (?:medien|einem bericht)|"
    r"\bsegún (?:medios|fuentes|un informe|informó)|\bselon (?:des|les) (?:sources|médias)|\bsegundo (?:fontes|a imprensa)|theo (?:nguồn tin|báo))|"
    r"据报|據報|报道称|報導|報道によると|関係者によると|と伝えた|報じた|에 따르면|보도했다|전했다|援引|引述"
)

LEGAL: Final = re.compile(
    r"(?i:\b(?:announcement|notice|decree|regulation|order|bekanntmachung|verordnung|anuncio|decreto|résolution|resolución|avis|arrêté|portaria|thông tư|nghị định)s? "
    r"(?:no\.? ?|nr\.? ?|n[°º] ?|number |số )?\d{1,4}(?:[/-]\d{2,4}| of \d{4})?)|(?:公告|令)?\s?\d{4}年第\s?\d{1,3}[号號]|第\s?\d{1,3}[号號](?:公告|令)?|공고\s?제?\d{1,4}호"
)

ACT_AFTER: Final = re.compile(
    r"(?i:'?s? (?:\w+ )?(?:announcement|ban|decision|notice|order|rules?|curbs?|move|imposition|restrictions?|embargo|suspension|agreement|deal|summit|meeting)\b)"
)

ACT_BEFORE: Final = re.compile(
    r"(?i:\b(?:announced|imposed|introduced|banned|suspended|halted|restricted|launched|signed|licen[cs]es?|permits?|controls?|effect|force)(?: \w+){0,4} "
    r"(?:in|since)(?: early| mid| late)?[ -])$"
)

MEASURES: Final = re.compile(
    r"^(?:That|This|Das|Dies|Esto|Eso|Cela|Ceci|Isso)\b|^(?:これは|此举|此舉|该|該)|이같이|이와 같이|(?i:\b(?:rules?|measures?|curbs?|decision|order|restrictions?|regeln?|regelung\w*|maßnahmen?|medidas?|reglas?|mesures?|règles?|regras?|biện pháp|quy định)\b)|措施|措置|规定|規定|조치|규정"
)

STATISTICAL: Final = re.compile(
    r"(?i:\b(?:exports?|imports?|shipments?|volume|level|total|tonnage|ausfuhren|importaciones|exportaciones|exportations)(?: \w+){0,3} $)|"
    r"(?:出口|進口|进口|輸出|輸入|수출|수입)"
)

#: "Approved by the end of May": a bound, not a day.
BY: Final = re.compile(
    r"(?i:\bbetween|\bbetween [^,;.]{3,20} and|\b(?:weeks?|months?|years?|period|quarter|days?|which|season) (?:ended|ending|to|through|from)(?: on)?|\bby(?: the end of| late| mid| early)?|\bd'ici(?: à| la fin de| fin)?|\bpara fin(?:al)?es de) ?$"
)

#: A verb of telling before a day ("said on"), after it ("周五说"), and what joins it to what is told.
TELLING: Final = re.compile(
    r"(?i:\b(?:said|told \w+|stated|noted|claimed|dijo|disse|a dit|sagte)(?: on| earlier| le| el| am)?) $"
)
TELLING_HEAD: Final = re.compile(
    r"\s?(?i:said|says|dijo|disse|(?:在[^，。]{1,12})?(?:说|說|表示|称|稱|指出))"
)
THAT: Final = re.compile(r"(?i:[\s,，:：]*(?:that |que |dass )?(?:the )?)")

#: Words of the page itself before a day: none of its news.
FURNITURE: Final = re.compile(
    r"(?i:\b(?:updated|last modified|(?:posted|published)(?=:)|accessed|retrieved|copyright|aktualisiert|actualizado|mis à jour|atualizado|cập nhật)(?: on| at| am| el| le| em)?|©)[ :]*$|"
    r"(?:更新时间|更新時間|更新日|更新|发布时间|發布時間|编辑|編輯|公開日|입력|수정)[ :：]*$"
)

#: What begins the things told, after a verb of telling.
CONJUNCTION: Final = re.compile(r"\b(?:that|que|dass|rằng)\b|:")

#: All that stands between the first and the last day of a span.
SPAN: Final = re.compile(r"\s?(?:to|through|bis(?: zum)?|al|au|a|até|đến|-|~|至|到|から)\s?(?:the |el |le )?")

#: "The first since August 2020": what is compared with, no event.
SUPERLATIVE_SINCE: Final = re.compile(
    r"(?i:\b(?:first|least|most|lowest|highest|largest|smallest|biggest|only|worst|best)(?: [\w-]+){0,4} since (?:at least )?)$"
)

#: A speaker who tells when it begins announces it himself.
BEGINS: Final = re.compile(
    r"(?i:\bfrom (?:that|this|the same) (?:day|date)|\bwith effect|\b(?:takes?|took) effect|\beffective\b|\bwith immediate|\bimmediately\b)|即日|自公布之日|即刻"
)

#: Before the day that names a measure.
OF_DAY: Final = re.compile(r"\b(?:of|from|dated|vom|del|du|de) $")
